import { base64Decode } from "../../wire/bytes.js";

/** Returns the public key in a certificate or public key in PEM, as a SubjectPublicKeyInfo in DER. Undefined if there is none. */
export function publicKeyIn(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const [, kind, body = ""] = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----([^-]+)-----END/.exec(pem) ?? [];
  const der = kind && base64Decode(body.replace(/\s/g, ""));
  const key = der && kind === "CERTIFICATE" ? subjectPublicKeyInfo(der) : der;
  return key && readElement(key, 0)?.end === key.length ? key : undefined;
}

/**
 * Extracts the SubjectPublicKeyInfo of an X.509 certificate in DER (RFC 5280, 4.1), because WebCrypto can import
 * that but not a certificate. Returns undefined if the bytes aren't a certificate.
 */
function subjectPublicKeyInfo(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const certificate = readElement(der, 0);
  const toBeSigned = certificate && readElement(der, certificate.start);
  if (!toBeSigned) return undefined;
  let at = toBeSigned.start;
  // Certificates of version 1 omit the version.
  if (der[at] === 0xa0) at = readElement(der, at)?.end ?? der.length;
  for (const _ of ["serialNumber", "signature", "issuer", "validity", "subject"]) {
    at = readElement(der, at)?.end ?? der.length;
  }
  const end = readElement(der, at)?.end;
  return end === undefined ? undefined : der.slice(at, end);
}

/** Returns where the content of an element starts and ends. */
function readElement(der: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = der[at + 1];
  if (first === undefined) return undefined;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    start += first & 0x7f;
    length = der.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const end = start + length;
  return end <= der.length ? { start, end } : undefined;
}
