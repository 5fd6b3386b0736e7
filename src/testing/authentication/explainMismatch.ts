import { cutText } from "../log/cutSecrets.js";
import type { Fake } from "../service/fake.js";
import { base64Decode } from "../wire/bytes.js";
import type { ReceivedRequest } from "../wire/wire.js";
import { signedInstead } from "./signedInstead.js";
import { exactView, type HmacHeader, hashFinding, stringToSign } from "./stringToSign.js";

/**
 * Explains why a signature doesn't match: what the service signed, and what the client probably did.
 * The text never contains a key.
 */
export async function explainMismatch(
  request: ReceivedRequest,
  { signedHeaders, signature }: HmacHeader,
  fake: Fake,
): Promise<string> {
  const text = stringToSign(request, signedHeaders, exactView(request));
  const findings = await firstMatch(signedInstead(request, signedHeaders, fake), signature);
  findings.push(...clientsOwnText(request, text), ...(await hashFinding(request)));
  if (findings.length === 0) {
    findings.push(
      "Either the client's access key isn't that of this service's connection string, or something on the way changed the host or path",
    );
  }
  const expected = `String to sign: ${JSON.stringify(cutText(text))}`;
  return ["The signature doesn't match", ...findings, expected].join(". ");
}

/** Returns the finding of the first text that has this signature, if there is one. */
async function firstMatch(
  alternatives: ReturnType<typeof signedInstead>,
  signature: HmacHeader["signature"],
): Promise<string[]> {
  for (const { finding, text, keys } of alternatives) {
    for (const key of keys) if (await key.verify(text, signature)) return [finding];
  }
  return [];
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
      : `The client signed ${JSON.stringify(cutText(own))}`,
  ];
}
