import { base64, base64Decode, sha256 } from "../wire/bytes.js";
import type { ReceivedRequest, RequestHead } from "../wire/wire.js";

/** The contents of an `Authorization: HMAC-SHA256 …` header. */
export interface HmacHeader {
  /** In lower case, in the order in which their values were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Parses `HMAC-SHA256 SignedHeaders=a;b;c&Signature=base64`. Returns undefined if a part is missing. */
export function readHmacHeader(authorization: string): HmacHeader | undefined {
  const fields = new Map<string, string>();
  for (const field of authorization.slice("HMAC-SHA256".length).split("&")) {
    const equals = field.indexOf("=");
    if (equals > 0) fields.set(field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1));
  }
  const signature = base64Decode(fields.get("signature") ?? "!");
  const names = fields.get("signedheaders");
  if (!names || !signature) return undefined;
  return { signedHeaders: names.split(";").map((name) => name.trim().toLowerCase()), signature };
}

/** Returns the SHA-256 of a body in base64, as in `x-ms-content-sha256`. */
export async function contentHash(body: Uint8Array): Promise<string> {
  return base64(await sha256(new Uint8Array(body)));
}

/** Returns an empty array if the body has the hash that its header says. */
export async function hashFinding({ headers, body }: ReceivedRequest): Promise<string[]> {
  const given = headers.get("x-ms-content-sha256") ?? "";
  const actual = await contentHash(body);
  if (given === actual) return [];
  const hash = /^[\w+/]{43}=$/.test(given) ? given : "not a SHA-256 in base64";
  return [
    `x-ms-content-sha256 is ${hash}, but the sha256 of the ${body.length} body bytes received is ${actual}`,
  ];
}

/** The target and host that a signature may cover. */
export interface SigningView {
  readonly target: string;
  readonly host: string;
}

/** An official client's quirk that the real service never sees, as its hosts have no ports and its paths no spaces. */
export interface Tolerance {
  readonly name:
    | "java-host-without-port"
    | "js-doubled-port"
    | "js-form-query"
    | "python-http-path"
    | "python-decoded-path";
  readonly view: (exact: SigningView) => SigningView;
}

export const tolerances: readonly Tolerance[] = [
  {
    name: "java-host-without-port",
    view: ({ target, host }) => ({ target, host: host.replace(/:\d+$/, "") }),
  },
  { name: "js-doubled-port", view: ({ target, host }) => ({ target, host: host.replace(/:\d+$/, "$&$&") }) },
  { name: "js-form-query", view: ({ target, host }) => ({ target: withFormQuery(target), host }) },
  { name: "python-http-path", view: ({ target, host }) => ({ target: target.slice(1), host }) },
  { name: "python-decoded-path", view: ({ target, host }) => ({ target: decode(target), host }) },
  { name: "python-decoded-path", view: ({ target, host }) => ({ target: decode(target.slice(1)), host }) },
];

export function exactView(request: RequestHead): SigningView {
  return { target: request.target, host: request.host };
}

/**
 * Returns the method, the target and the values of the signed headers as received. Nothing is decoded or
 * normalized, because a signature covers bytes.
 */
export function stringToSign(
  request: RequestHead,
  signedHeaders: readonly string[],
  view: SigningView,
): string {
  const values = signedHeaders.map((name) =>
    name === "host" ? view.host : (request.headers.get(name) ?? ""),
  );
  return `${request.method}\n${view.target}\n${values.join(";")}`;
}

function withFormQuery(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? target : `${target.slice(0, mark)}?${new URLSearchParams(target.slice(mark + 1))}`;
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
