import type { PassingRequest, PassingResponse } from "./between.js";

/** A way in which a service may differ from the fake, and how the report must name it. */
export interface Alteration {
  readonly name: string;
  /** The case whose answer it changes, and the request of the case. */
  readonly of: string;
  readonly matches: (request: PassingRequest) => boolean;
  /** Changes the answer. Returns false to cut the connection. */
  readonly alter: (response: PassingResponse) => unknown;
  readonly aspect: string;
}

type Body = Record<string, unknown>;
const status = (status: number) => (response: PassingResponse) => Object.assign(response, { status });
const header = (name: string, value: string | undefined) => (response: PassingResponse) => {
  delete response.headers[name];
  if (value !== undefined) response.headers[name] = value;
};
const edit = (change: (body: Body) => void) => (response: PassingResponse) => {
  const body = JSON.parse(response.text) as Body;
  change(body);
  response.text = JSON.stringify(body);
};
const editError = (change: (error: Body) => void) => edit(({ error }) => change(error as Body));
/** Changes the claims of the token, whose signature then is wrong. */
const editClaims = (change: (claims: Body) => void) =>
  edit((body) => {
    const [header, claims = "", signature] = String(body.token).split(".");
    const decoded = JSON.parse(Buffer.from(claims, "base64url").toString());
    change(decoded);
    body.token = [header, Buffer.from(JSON.stringify(decoded)).toString("base64url"), signature].join(".");
  });

const issues = (scopes: unknown, minutes?: number) => (request: PassingRequest) => {
  if (!request.path.endsWith("/:issueAccessToken?api-version=2023-10-01")) return false;
  const body = request.text.startsWith("{") && request.text.length > 1 ? JSON.parse(request.text) : {};
  return JSON.stringify(body.scopes) === JSON.stringify(scopes) && body.expiresInMinutes === minutes;
};
const sends = (method: string, part: string) => (request: PassingRequest) =>
  request.method === method && request.path.includes(part);

/** Each changes the first answer to a request that matches. */
export const alterations: readonly Alteration[] = [
  {
    name: "200 for 201",
    of: "createUser",
    matches: sends("POST", "/identities?api-version=2023-10-01"),
    alter: status(200),
    aspect: "status",
  },
  {
    name: "another error code",
    of: "no scopes",
    matches: issues([]),
    alter: editError((error) => (error.code = "InvalidScopes")),
    aspect: "error.code",
  },
  {
    name: "another error message",
    of: "an unknown scope",
    matches: issues(["video"]),
    alter: editError((error) => (error.message = "There is no such scope.")),
    aspect: "error.message",
  },
  {
    name: "a missing target",
    of: "1441 minutes",
    matches: issues(["voip"], 1441),
    alter: editError((error) => delete error.target),
    aspect: "error.target",
  },
  {
    name: "another status of an error",
    of: "59 minutes",
    matches: issues(["voip"], 59),
    alter: status(422),
    aspect: "status",
  },
  {
    name: "details in an error",
    of: "scopes that are null",
    matches: issues(null),
    alter: editError((error) => (error.details = [{ code: "Required", message: "Scopes" }])),
    aspect: "error.details",
  },
  {
    name: "an inner error",
    of: "a member of the wrong type",
    matches: issues("voip"),
    alter: editError((error) => (error.innererror = { code: "Inner" })),
    aspect: "error.innererror",
  },
  {
    name: "an extra claim",
    of: "scope chat.join",
    matches: issues(["chat.join"]),
    alter: editClaims((claims) => (claims.rgn = "amer")),
    aspect: "token claims",
  },
  {
    name: "a claim of another type",
    of: "scope chat.join.limited",
    matches: issues(["chat.join.limited"]),
    alter: editClaims((claims) => (claims.csi = Number(claims.csi))),
    aspect: "token claims",
  },
  {
    name: "other scopes in the token",
    of: "two scopes",
    matches: issues(["voip", "chat"]),
    alter: editClaims((claims) => (claims.acsScope = "chat voip")),
    aspect: "token scopes",
  },
  {
    name: "a token that can't be decoded",
    of: "scope voip.join",
    matches: issues(["voip.join"]),
    alter: edit((body) => (body.token = "an-encrypted-token")),
    aspect: "token",
  },
  {
    name: "a lifetime that is off by a minute",
    of: "1440 minutes",
    matches: issues(["voip"], 1440),
    alter: edit(
      (body) =>
        (body.expiresOn = String(body.expiresOn).replace(/T(\d\d):(\d\d)/, (_, hours, minutes) => {
          // Minute 59 becomes 58, so that no hour changes.
          return `T${hours}:${String(minutes === "00" ? 1 : Number(minutes) - 1).padStart(2, "0")}`;
        })),
    ),
    aspect: "body expiresOn",
  },
  {
    name: "a time in another form",
    of: "60 minutes",
    matches: issues(["voip"], 60),
    alter: edit((body) => (body.expiresOn = String(body.expiresOn).replace("+00:00", "Z"))),
    aspect: "body expiresOn",
  },
  {
    name: "other capitals in the value of a header",
    of: "createUserAndToken",
    matches: ({ method, path, text }) =>
      method === "POST" && path.startsWith("/identities?") && text.includes('"voip"'),
    alter: header("content-type", "application/json; charset=UTF-8"),
    aspect: "header content-type",
  },
  {
    name: "no ms-cv",
    of: "scope chat",
    // The first such request is that of the case whose token is verified.
    matches: second(issues(["chat"])),
    alter: header("ms-cv", undefined),
    aspect: "header ms-cv",
  },
  {
    name: "a header that nobody knows",
    of: "no body",
    matches: ({ path, text, method }) =>
      method === "POST" && path.includes(":issueAccessToken") && text === "",
    alter: header("x-ms-region", "westeurope"),
    aspect: "header x-ms-region",
  },
  {
    name: "a challenge",
    of: "no credentials",
    matches: ({ method, authorization }) => method === "POST" && authorization === undefined,
    alter: header("www-authenticate", "HMAC-SHA256"),
    aspect: "header www-authenticate",
  },
  {
    name: "a version that is refused",
    of: "version 2026-07-22",
    matches: sends("POST", ":issueAccessToken?api-version=2026-07-22"),
    alter: (response) => {
      response.status = 400;
      response.text = JSON.stringify({ error: { code: "UnsupportedApiVersion", message: "No." } });
    },
    aspect: "answer",
  },
  {
    name: "a new user instead of the same",
    of: "customId, twice the same",
    matches: second(({ path, text }) => path.startsWith("/identities?") && text.includes("customId")),
    alter: edit((body) => {
      const identity = body.identity as Body;
      identity.id = String(identity.id).replace(/[0-9a-f]{12}$/, "000000000000");
    }),
    aspect: "the user's id",
  },
  {
    name: "a member that is new",
    of: "getUserDetail before and after a token",
    matches: sends("GET", "/identities/"),
    alter: edit((body) => (body.etag = "one")),
    aspect: "body etag",
  },
  {
    name: "HTML instead of JSON",
    of: "an unknown path",
    matches: sends("POST", "/:nothing"),
    alter: (response) => Object.assign(response, { text: "<html>" }),
    aspect: "body",
  },
  {
    name: "200 for 204",
    of: "deleteUser",
    matches: sends("DELETE", "/identities/"),
    alter: status(200),
    aspect: "status",
  },
  {
    name: "no CORS",
    of: "CORS preflight",
    matches: sends("OPTIONS", "/"),
    alter: header("access-control-allow-origin", undefined),
    aspect: "header access-control-allow-origin",
  },
  {
    name: "no published keys",
    of: "getToken, verified with the published keys",
    matches: sends("GET", "/.well-known/"),
    alter: status(404),
    aspect: "token signature",
  },
  {
    name: "a connection that is cut",
    of: "a body that isn't JSON",
    matches: ({ text }) => text === "{",
    alter: () => false,
    aspect: "answer",
  },
  {
    name: "an assignment that can't be read",
    of: "an Entra assignment",
    matches: second(sends("GET", "/access/entra/assignments/")),
    alter: (response) => {
      response.status = 403;
      response.text = JSON.stringify({ error: { code: "Forbidden", message: "No." } });
    },
    aspect: "answer",
  },
];

/** Matches the second request that does. */
function second(matches: Alteration["matches"]): Alteration["matches"] {
  let count = 0;
  return (request) => matches(request) && ++count === 2;
}
