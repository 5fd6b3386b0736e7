import { accessKeys } from "../service/accessKeys.js";
import type { Fake } from "../service/fake.js";
import type { TypedKey } from "../state/accessKey.js";
import { denied } from "../wire/httpError.js";
import type { ReceivedRequest } from "../wire/wire.js";
import { explainMismatch } from "./explainMismatch.js";
import {
  exactView,
  type HmacHeader,
  hashFinding,
  readHmacHeader,
  type SigningView,
  stringToSign,
  tolerances,
} from "./stringToSign.js";

/**
 * Verifies a request's signature, date and body hash, in that order.
 * @returns the key that made the signature, and the name of the tolerance that it needed, if any.
 * @throws HttpError 401.
 */
export async function verifyHmac(
  request: ReceivedRequest,
  authorization: string,
  fake: Fake,
): Promise<Signer> {
  const header = readHmacHeader(authorization);
  if (!header) throw denied("Expected Authorization: HMAC-SHA256 SignedHeaders=<names>&Signature=<base64>");
  checkSignedHeaders(request, header);
  const signer = await verifySignature(request, header, fake);
  checkDate(request, header, fake);
  await checkContentHash(request);
  return signer;
}

interface Signer extends TypedKey {
  readonly tolerance?: string;
}

function checkSignedHeaders(request: ReceivedRequest, { signedHeaders }: HmacHeader): void {
  const hasDate = signedHeaders.includes("x-ms-date") || signedHeaders.includes("date");
  if (!hasDate || !signedHeaders.includes("host") || !signedHeaders.includes("x-ms-content-sha256")) {
    throw denied(`SignedHeaders must be x-ms-date;host;x-ms-content-sha256, not ${signedHeaders.join(";")}`);
  }
  const missing = signedHeaders.filter((name) => name !== "host" && !request.headers.has(name));
  if (missing.length > 0) throw denied(`Signed, but missing in the request: ${missing.join(", ")}`);
}

const asSent = { name: undefined, view: (exact: SigningView) => exact };

async function verifySignature(request: ReceivedRequest, header: HmacHeader, fake: Fake): Promise<Signer> {
  const { signedHeaders, signature } = header;
  const { current } = accessKeys(fake);
  const exact = exactView(request);
  for (const { name, view } of [asSent, ...(fake.settings.strictness === "strict" ? [] : tolerances)]) {
    const text = stringToSign(request, signedHeaders, view(exact));
    for (const keyType of ["primary", "secondary"] as const) {
      const key = current[keyType];
      if (await key.verify(text, signature)) return { keyType, key, ...(name && { tolerance: name }) };
    }
  }
  throw denied(await explainMismatch(request, header, fake));
}

function checkDate(
  request: ReceivedRequest,
  { signedHeaders }: HmacHeader,
  { clock, settings: { dateToleranceInMs, strictness } }: Fake,
): void {
  const name = signedHeaders.includes("x-ms-date") ? "x-ms-date" : "date";
  const date = new Date(request.headers.get(name) ?? "");
  const difference = date.getTime() - clock.wallTime;
  // JavaScript also reads other formats, and doesn't compare the day of the week with the date.
  if (
    Number.isNaN(difference) ||
    (strictness === "strict" && request.headers.get(name) !== date.toUTCString())
  )
    throw denied(`${name} isn't a date like Mon, 13 Mar 2023 09:47:52 GMT`, "denied-the-clock");
  if (Math.abs(difference) > dateToleranceInMs) {
    const seconds = Math.round(Math.abs(difference) / 1000);
    const side = difference < 0 ? "behind" : "ahead of";
    throw denied(
      `${name} is ${seconds} s ${side} the service's wall clock; ${dateToleranceInMs / 1000} s are allowed`,
      "denied-the-clock",
    );
  }
}

async function checkContentHash(request: ReceivedRequest): Promise<void> {
  const [finding] = await hashFinding(request);
  if (finding === undefined) return;
  throw denied(
    finding,
    "denied-the-body",
    "Request 'x-ms-content-sha256' differs from generated content hash.",
  );
}
