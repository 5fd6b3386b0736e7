import { accessKeys } from "../service/accessKeys.js";
import type { Fake } from "../service/fake.js";
import { AccessKey, wellKnownAccessKeys } from "../state/accessKey.js";
import type { ReceivedRequest } from "../wire/wire.js";
import { exactView, stringToSign, tolerances } from "./stringToSign.js";

/** What a client may have signed instead, and with which keys. */
interface SignedInstead {
  readonly finding: string;
  readonly text: string;
  readonly keys: readonly AccessKey[];
}

/** The parts of a string to sign that a client can get wrong. */
interface Parts {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly signedHeaders: readonly string[];
}

const methods: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Lists the usual mistakes, most likely ones first, because only the first one that matches is told. */
export function signedInstead(
  request: ReceivedRequest,
  signedHeaders: readonly string[],
  fake: Fake,
): readonly SignedInstead[] {
  const { method, scheme, host, target } = request;
  const { current, former } = accessKeys(fake);
  const keys = Object.values(current);
  const wellKnown = Object.values(wellKnownAccessKeys).map((key) => AccessKey.fromBase64(key));
  const exact = exactView(request);
  const quirks = tolerances.map(({ name, view }) => ({ name, ...view(exact) }));
  const text = (wrong: Partial<Parts>) =>
    stringToSign({ ...request, method: wrong.method ?? method }, wrong.signedHeaders ?? signedHeaders, {
      ...exact,
      ...wrong,
    });
  const wrongText = (finding: string, wrong: Partial<Parts>) => ({ finding, text: text(wrong), keys });
  return [
    // A service that isn't strict has accepted the quirks before it looks for mistakes.
    ...quirks.map(({ name, ...view }) => wrongText(`Without strict it would match: ${name}`, view)),
    ...otherHosts(request, fake.endpoint).map((other) =>
      wrongText(`The client signed the host ${other}${hintFor(other)}`, { host: other }),
    ),
    wrongText("The client signed the whole URL", { target: `${scheme}://${host}${target}` }),
    wrongText("The client signed the path without its query", { target: target.replace(/\?.*/s, "") }),
    ...[method.toLowerCase(), ...methods].map((other) =>
      wrongText(`The client signed the method ${other} instead of ${method}`, { method: other }),
    ),
    ...otherOrders(signedHeaders).map((other) =>
      wrongText(
        `The client signed the headers in the order ${other.join(";")}, which isn't that of its SignedHeaders`,
        { signedHeaders: other },
      ),
    ),
    {
      finding: "The client used the access key as text: it must be decoded from base64 first",
      text: text({}),
      keys: keys.map((key) => AccessKey.fromText(key.text)),
    },
    ...former.flatMap(({ keyType, key }) =>
      [exact, ...quirks].map((view) => ({
        finding: `The client used the ${keyType} access key from before it was regenerated: give it the new one`,
        text: text(view),
        keys: [key],
      })),
    ),
    {
      finding: "The client used the well-known access key, but this service runs with another one",
      text: text({}),
      keys: wellKnown,
    },
  ];
}

/** Returns hosts that the client may have signed instead, for example because a proxy changed the host. */
function otherHosts({ headers, host, scheme }: ReceivedRequest, endpoint: string): readonly string[] {
  const [port = ""] = /:\d+$/.exec(host) ?? [];
  return [
    ...["localhost", "127.0.0.1", "[::1]"].map((name) => name + port),
    `${host}/`,
    headers.get("x-forwarded-host") ?? host,
    host.toLowerCase(),
    new URL(endpoint).host,
    `${host}${scheme === "https" ? ":443" : ":80"}`,
  ];
}

function hintFor(host: string): string {
  return host.endsWith("/")
    ? ", with the slash at the end of its endpoint: the Python client needs the endpoint without it"
    : "";
}

/** Returns the other orders of three names, which is what clients sign. */
function otherOrders([a, b, c, ...others]: readonly string[]): readonly (readonly string[])[] {
  if (a === undefined || b === undefined || c === undefined || others.length > 0) return [];
  return [
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ];
}
