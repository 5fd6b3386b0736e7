import { wellKnownAccessKey } from "../settings.js";
import { base64Decode } from "../wire/bytes.js";
import type { WireRequest } from "../wire/wire.js";
import { AccessKey } from "./accessKey.js";
import { contentHash } from "./contentHash.js";
import type { HmacHeader } from "./hmacHeader.js";
import type { HmacSettings } from "./hmacSettings.js";
import { exactView, type SigningView, stringToSign, tolerances } from "./stringToSign.js";

/**
 * Says in words why a signature does not match: what the service signed, and what the client probably did.
 * Holds no key.
 */
export async function explainMismatch(
  request: WireRequest,
  { signedHeaders, signature }: HmacHeader,
  { accessKey, accessKeyText, strict }: HmacSettings,
): Promise<string> {
  const exact = exactView(request);
  const text = stringToSign(request, signedHeaders, exact);
  const findings = [`The signature does not match. String to sign: ${JSON.stringify(text)}`];
  const matches = (key: AccessKey, view: SigningView) =>
    key.verify(stringToSign(request, signedHeaders, view), signature);

  for (const { name, view } of strict ? tolerances : []) {
    if (await matches(accessKey, view(exact))) findings.push(`Without strict it would match: ${name}`);
  }
  for (const host of otherHosts(request, exact)) {
    if (await matches(accessKey, { ...exact, host })) findings.push(`The client signed the host ${host}`);
  }
  if (await matches(AccessKey.fromText(accessKeyText), exact)) {
    findings.push("The client used the access key as text: it must be decoded from base64 first");
  }
  if (
    accessKeyText !== wellKnownAccessKey &&
    (await matches(AccessKey.fromBase64(wellKnownAccessKey), exact))
  ) {
    findings.push("The client used the well-known access key, but this service runs with another one");
  }
  findings.push(...clientsOwnText(request, text), ...(await hashFinding(request)));
  if (findings.length === 1)
    findings.push("Nothing else is wrong with it, so the access key is probably another one");
  return findings.join("; ");
}

/** What a proxy may have made of the host, or the client of its port. */
function otherHosts({ headers, scheme }: WireRequest, { host }: SigningView): string[] {
  const forwarded = headers.get("x-forwarded-host");
  const port = /:\d+$/.test(host) ? "" : scheme === "https" ? ":443" : ":80";
  return [forwarded, port && `${host}${port}`, host.toLowerCase()].filter(
    (candidate): candidate is string => Boolean(candidate) && candidate !== host,
  );
}

/** The Java client sends along what it signed. */
function clientsOwnText({ headers }: WireRequest, text: string): string[] {
  const encoded = headers.get("x-ms-hmac-string-to-sign-base64");
  const bytes = encoded === undefined ? undefined : base64Decode(encoded);
  if (!bytes) return [];
  const own = new TextDecoder().decode(bytes);
  return [
    own === text
      ? "The client signed the same text, so its key is another one"
      : `The client signed ${JSON.stringify(own)}`,
  ];
}

async function hashFinding({ headers, body }: WireRequest): Promise<string[]> {
  const actual = await contentHash(body);
  return headers.get("x-ms-content-sha256") === actual ? [] : [`x-ms-content-sha256 should be ${actual}`];
}
