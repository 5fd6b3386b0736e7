// Node makes keys and reads certificates, but can't write them. So this writes the one profile (RFC 5280) that is needed here.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import { bitString, der, integer, objectId, octetString, sequence, set, tagged, time, utf8 } from "./der.js";

/** A certificate and its private key in PEM. */
export interface SelfSignedCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes a certificate that is signed with its own key, on the curve P-256. It isn't an authority, so that trusting it
 * doesn't mean to trust what its key signs.
 *
 * @param names - The host names and IP addresses of the server.
 * @param validTo - At the latest in the year 2049.
 */
export function makeSelfSigned(
  names: readonly string[],
  validFrom: Date,
  validTo: Date,
): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const keyInfo = publicKey.export({ type: "spki", format: "der" });
  const algorithm = sequence(ids.ecdsaWithSha256);
  const version3 = integer(Buffer.of(2));
  // The first byte makes the number positive and gives it its full length.
  const serialNumber = integer(Buffer.of(0x40, ...randomBytes(15)));
  const keyId = createHash("sha256").update(keyInfo).digest().subarray(0, 20);
  // Programs look a trusted certificate up by its subject, and many of them try only the first that has it.
  const commonName = `acs-identity emulator ${keyId.toString("hex", 0, 8)}`;
  const name = sequence(set(sequence(ids.commonName, utf8(commonName))));
  const content = sequence(
    tagged(0, version3),
    serialNumber,
    algorithm,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    keyInfo,
    tagged(
      3,
      sequence(
        // The certificate is no authority (cA is false). DER omits values that are the default.
        extension(ids.basicConstraints, sequence(), isCritical),
        // The first bit of the key usages is digitalSignature.
        extension(ids.keyUsage, bitString(Buffer.of(0x80), 7), isCritical),
        extension(ids.extendedKeyUsage, sequence(ids.serverAuth)),
        extension(ids.subjectAlternativeName, sequence(...names.map(generalName))),
        extension(ids.subjectKeyIdentifier, octetString(keyId)),
      ),
    ),
  );
  const certificate = sequence(content, algorithm, bitString(sign("sha256", content, privateKey)));
  return {
    cert: pem(certificate.toString("base64")),
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const ids = {
  commonName: objectId("550403"), // 2.5.4.3
  ecdsaWithSha256: objectId("2a8648ce3d040302"), // 1.2.840.10045.4.3.2
  serverAuth: objectId("2b06010505070301"), // 1.3.6.1.5.5.7.3.1
  subjectKeyIdentifier: objectId("551d0e"), // 2.5.29.14
  keyUsage: objectId("551d0f"), // 2.5.29.15
  subjectAlternativeName: objectId("551d11"), // 2.5.29.17
  basicConstraints: objectId("551d13"), // 2.5.29.19
  extendedKeyUsage: objectId("551d25"), // 2.5.29.37
};

const isCritical: Buffer = der(0x01, Buffer.of(0xff));

function extension(id: Buffer, value: Buffer, ...critical: readonly Buffer[]): Buffer {
  return sequence(id, ...critical, octetString(value));
}

function generalName(name: string): Buffer {
  return isIP(name) ? der(0x87, addressBytes(name)) : der(0x82, Buffer.from(name));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  // The URL parser also rewrites addresses that end with an IPv4 address.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const [before = [], after = []] = groups.map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** @param base64 - The certificate, without line ends. */
export function pem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
