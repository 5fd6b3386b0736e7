import { cutSecrets } from "../log/cutSecrets.js";
import { accessKeysOf, type ServiceCore } from "../service/serviceCore.js";
import { AccessKey, wellKnownAccessKeys } from "../state/accessKey.js";
import { base64Decode } from "../wire/bytes.js";
import type { ReceivedRequest } from "../wire/wire.js";
import {
  contentHash,
  exactView,
  type HmacHeader,
  type SigningView,
  stringToSign,
  tolerances,
} from "./stringToSign.js";

/**
 * Explains why a signature doesn't match: what the service signed, and what the client probably did.
 * The text never contains a key.
 */
export async function explainMismatch(
  request: ReceivedRequest,
  { signedHeaders, signature }: HmacHeader,
  core: ServiceCore,
): Promise<string> {
  const { current, former } = accessKeysOf(core);
  const exact = exactView(request);
  const text = stringToSign(request, signedHeaders, exact);
  const findings: string[] = [];
  const valid = Object.values(current);
  const matches = async (keys: readonly AccessKey[], ...views: SigningView[]) => {
    const pairs = keys.flatMap((key) =>
      views.map((view) => key.verify(stringToSign(request, signedHeaders, view), signature)),
    );
    return (await Promise.all(pairs)).includes(true);
  };

  for (const { name, view } of core.settings.strictness === "strict" ? tolerances : []) {
    if (!(await matches(valid, view(exact)))) continue;
    findings.push(`Without strict it would match: ${name}`);
    break;
  }
  for (const host of otherHosts(request, core.endpoint)) {
    if (!(await matches(valid, { ...exact, host }))) continue;
    const slash = host.endsWith("/")
      ? ", with the slash at the end of its endpoint: the Python client needs the endpoint without it"
      : "";
    findings.push(`The client signed the host ${host}${slash}`);
  }
  const target = `${request.scheme}://${request.host}${request.target}`;
  if (await matches(valid, { ...exact, target })) findings.push("The client signed the whole URL");
  const asText = valid.map(({ text }) => AccessKey.fromText(text));
  if (await matches(asText, exact)) {
    findings.push("The client used the access key as text: it must be decoded from base64 first");
  }
  const quirks = tolerances.map(({ view }) => view(exact));
  for (const { keyType, key } of former) {
    if (!(await matches([key], exact, ...quirks))) continue;
    findings.push(
      `The client used the ${keyType} access key from before it was regenerated: give it the new one`,
    );
  }
  const wellKnown = Object.values(wellKnownAccessKeys).map((text) => AccessKey.fromBase64(text));
  if (findings.length === 0 && (await matches(wellKnown, exact))) {
    findings.push("The client used the well-known access key, but this service runs with another one");
  }
  findings.push(...clientsOwnText(request, text), ...(await hashFinding(request)));
  if (findings.length === 0) {
    findings.push(
      "Either the client's access key isn't that of this service's connection string, or something on the way changed the host or path",
    );
  }
  const hash = request.headers.get("x-ms-content-sha256");
  const expected = `String to sign: ${JSON.stringify(cutSecrets(text, { hash }))}`;
  return ["The signature doesn't match", ...findings, expected].join(". ");
}

/** Returns hosts that the client may have signed instead, for example because a proxy changed the host. */
function otherHosts({ headers, host, scheme }: ReceivedRequest, endpoint: string): Set<string> {
  const [port = ""] = /:\d+$/.exec(host) ?? [];
  return new Set([
    ...["localhost", "127.0.0.1", "[::1]"].map((name) => name + port),
    `${host}/`,
    headers.get("x-forwarded-host") ?? host,
    host.toLowerCase(),
    new URL(endpoint).host,
    `${host}${scheme === "https" ? ":443" : ":80"}`,
  ]);
}

/** Compares the text with the one that the client signed, which the Java client sends in a header. */
function clientsOwnText({ headers }: ReceivedRequest, text: string): string[] {
  const encoded = headers.get("x-ms-hmac-string-to-sign-base64");
  const bytes = encoded === undefined ? undefined : base64Decode(encoded);
  if (!bytes) return [];
  const own = new TextDecoder().decode(bytes);
  return [
    own === text
      ? "The client signed the same text, so its key is different"
      : `The client signed ${JSON.stringify(cutSecrets(own, { hash: headers.get("x-ms-content-sha256") }))}`,
  ];
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
