import { integer, objectId, octetString, sequence, set, tagged } from "../../emulator/certificate/der.js";

const ids = {
  data: objectId("2a864886f70d010701"), // 1.2.840.113549.1.7.1
  x509Certificate: objectId("2a864886f70d01091601"), // 1.2.840.113549.1.9.22.1
  certificateBag: objectId("2a864886f70d010c0a0103"), // 1.2.840.113549.1.12.10.1.3
  anyExtendedKeyUsage: objectId("551d2500"), // 2.5.29.37.0
  trustedKeyUsage: objectId("6086480186f966adca7b0101"), // 2.16.840.1.113894.746875.1.1, Oracle's
};

/** Java doesn't trust a certificate without this attribute, which it takes for part of a key's chain. */
const isTrusted = set(sequence(ids.trustedKeyUsage, set(ids.anyExtendedKeyUsage)));

/**
 * Returns a PKCS #12 store (RFC 7292) with certificates for Java to trust. It is neither encrypted nor protected by a MAC,
 * so Java reads it without a password, and with any.
 * @param certificates - In DER.
 */
export function javaTrustStore(certificates: readonly Buffer[]): Buffer {
  const bags = certificates.map((certificate) => {
    const content = sequence(ids.x509Certificate, tagged(0, octetString(certificate)));
    return sequence(ids.certificateBag, tagged(0, content), isTrusted);
  });
  const version3 = integer(Buffer.of(3));
  return sequence(version3, contentInfo(sequence(contentInfo(sequence(...bags)))));
}

function contentInfo(content: Buffer): Buffer {
  return sequence(ids.data, tagged(0, octetString(content)));
}
