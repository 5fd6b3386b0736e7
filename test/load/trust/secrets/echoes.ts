// Responses of a server that echoes what it was sent (signature, token and body), and tokens of its own.
import fc from "fast-check";

/** What a request reveals to the server, and a token that only the response contains. */
export interface Given {
  readonly authorization: string;
  readonly body: string;
  readonly issuedToken: string;
}

export interface Echo {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type BodyOf = (words: string, given: Given) => string;

const bodies: Readonly<Record<string, BodyOf>> = {
  nothing: () => "",
  "plain text": (words) => words,
  "a page": (words) => `<html><title>${words}</title><pre>${words}</pre></html>`,
  "a message": (words) => envelope({ code: "Denied", message: `Refused: ${words}` }),
  "a code": (words) => envelope({ code: words, message: "Refused" }),
  "a target": (words) => envelope({ code: "Denied", message: "Refused", target: words }),
  "an inner error": (words) => envelope({ code: "Denied", innererror: { code: words, message: words } }),
  details: (words) => envelope({ code: "Denied", details: [{ message: words, target: words }] }),
  "unknown members": (words) => envelope({ code: "Denied", [words]: words, extra: { words } }),
  "an escaped message": (words) => escaped(envelope({ code: "Denied", message: words })),
  "JSON in a message": (words) => escaped(envelope({ message: escaped(JSON.stringify({ words })) })),
  "a message that is percent-encoded twice": (words) =>
    envelope({ message: encodeURIComponent(encodeURIComponent(words)) }),
  "a cut envelope": (words) => envelope({ code: "Denied", message: words }).slice(0, -4),
  "a word where the envelope should be": (words) => JSON.stringify({ error: words }),
  "a text": (words) => JSON.stringify(words),
  "a list": (words) => JSON.stringify([words]),
  names: (words) => JSON.stringify({ [words]: { [words]: null } }),
  "a token without its expiry": (_, { issuedToken }) => JSON.stringify({ token: issuedToken }),
  "a cut token": (_, { issuedToken }) => `{"token":"${issuedToken}","expiresOn":"2030-01-0`,
  "a bare token": (_, { issuedToken }) => issuedToken,
  "a user named like a token": (_, { issuedToken }) => JSON.stringify({ identity: { wrong: issuedToken } }),
  "a user with half a token": (words, { issuedToken }) =>
    JSON.stringify({ identity: { id: "8:acs:x" }, accessToken: { token: issuedToken, expiresOn: words } }),
  "an expiry that is a token": (_, { issuedToken }) =>
    JSON.stringify({ token: issuedToken, expiresOn: issuedToken }),
  "an assignment of tokens": (words) => JSON.stringify({ objectId: 1, principalType: words }),
};

const echoHeaders = [
  "x-ms-error-code",
  "x-ms-request-id",
  "x-ms-client-request-id",
  "ms-cv",
  "www-authenticate",
  "retry-after",
  "content-type",
  "date",
  "location",
  "set-cookie",
  "server",
  "x-processing-time",
] as const;

const statuses = [
  200, 201, 202, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 409, 413, 429, 500, 503,
];
const types = [
  "application/json",
  "application/json ;charset=utf-8",
  "application/problem+json",
  "text/html",
  "text/plain; charset=utf-8",
  "",
];

/** The parts that the server echoes: also each one alone, since a longer text may hide a shorter one. */
const choices: Readonly<Record<string, (given: Given) => string>> = {
  everything: ({ authorization, body, issuedToken }) => [authorization, body, issuedToken].join(" "),
  "the authorization": ({ authorization }) => authorization,
  "the credential alone": ({ authorization }) => authorization.replace(/^\S+ (?:.*Signature=)?/, ""),
  "the body": ({ body }) => body,
  "another token": ({ issuedToken }) => issuedToken,
};

/** A name for the failure report, and the response to a request. */
export interface EchoFault {
  readonly name: string;
  readonly answer: (given: Given) => Echo;
}

export const echoFault: fc.Arbitrary<EchoFault> = fc
  .record({
    status: fc.constantFrom(...statuses),
    type: fc.constantFrom(...types),
    body: fc.constantFrom(...Object.keys(bodies)),
    words: fc.constantFrom(...Object.keys(choices)),
    headers: fc.subarray([...echoHeaders], { maxLength: 3 }),
  })
  .map(({ status, type, body, words, headers }) => ({
    name: `${status} ${type}, ${body} of ${words}, headers ${headers.join()}`,
    answer: (given) => {
      const choice = choices[words];
      const said = choice?.(given) ?? "";
      // The response's own token appears only in its body.
      const echo = headerValue(choice?.({ ...given, issuedToken: "" }) ?? "");
      const echoed = headers.map((name) => [name, echo]);
      return {
        status,
        headers: { ...(type && { "content-type": type }), ...Object.fromEntries(echoed) },
        body: bodies[body]?.(said, given) ?? "",
      };
    },
  }));

function envelope(error: object): string {
  return JSON.stringify({ error });
}

/** Escapes JSON as ASP.NET and PHP do, which write the special characters of base64 differently. */
function escaped(json: string): string {
  return json
    .replace(/[+&=]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("/", "\\/");
}

function headerValue(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "").trim();
}
