import { generateKeyPairSync, randomUUID } from "node:crypto";
import { isIP } from "node:net";
import forge from "node-forge";

/** A certificate and its private key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates extends Identity {
  /** The authority's certificate, which clients must trust. The server's is signed by it. */
  readonly ca: string;
}

export interface CertificateOptions {
  /** Names and addresses of a server. Default: 127.0.0.1, ::1 and localhost. */
  readonly names?: readonly string[];
  /** Until when the certificate can be used, from a year before. Default: for two days from now. */
  readonly notAfter?: Date;
}

/** Signs certificates for servers. */
export interface Authority {
  readonly identity: Identity;
  issue(name: string, options?: CertificateOptions): Identity;
}

const day = 24 * 60 * 60 * 1000;

/** Makes a certificate authority. */
export function makeAuthority(): Authority {
  const keys = makeKeys();
  // A trusted authority of the same name would be taken for this one, with another error.
  const ca = `test-ca ${randomUUID()}`;
  // Python and curl are stricter than Node: they want these usages and key identifiers.
  const extensions = [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ];
  const keyIdentifier = forge.pki
    .getPublicKeyFingerprint(keys.publicKey, { type: "RSAPublicKey" })
    .getBytes();
  const ofAuthority = { name: "authorityKeyIdentifier", keyIdentifier };
  return {
    identity: sign(ca, ca, keys, keys.privateKey, extensions),
    issue: (name, options) =>
      sign(name, ca, makeKeys(), keys.privateKey, [...serverExtensions(options), ofAuthority], options),
  };
}

/** Makes a server's certificate that no authority signed. */
export function makeSelfSigned(options?: CertificateOptions): Identity {
  const keys = makeKeys();
  return sign("localhost", "localhost", keys, keys.privateKey, serverExtensions(options), options);
}

let shared: Certificates | undefined;

/** Makes an authority, and the certificate of a server for 127.0.0.1 and localhost: once in a process, since keys take long. */
export function makeCertificates(): Certificates {
  if (shared) return shared;
  const { identity, issue } = makeAuthority();
  shared = { ca: identity.cert, ...issue("localhost") };
  return shared;
}

/** Node makes keys in a tenth of the time that forge takes. */
function makeKeys(): forge.pki.rsa.KeyPair {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const key = forge.pki.privateKeyFromPem(privateKey);
  return { privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
}

function sign(
  subject: string,
  issuer: string,
  { publicKey, privateKey }: forge.pki.rsa.KeyPair,
  signingKey: forge.pki.rsa.PrivateKey,
  extensions: readonly object[],
  { notAfter = new Date(Date.now() + 2 * day) }: CertificateOptions = {},
): Identity {
  const certificate = forge.pki.createCertificate();
  certificate.serialNumber = `40${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.publicKey = publicKey;
  certificate.validity = { notBefore: new Date(notAfter.getTime() - 365 * day), notAfter };
  certificate.setSubject([{ name: "commonName", value: subject }]);
  certificate.setIssuer([{ name: "commonName", value: issuer }]);
  certificate.setExtensions([...extensions, { name: "subjectKeyIdentifier" }]);
  certificate.sign(signingKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(privateKey) };
}

function serverExtensions({ names = ["127.0.0.1", "::1", "localhost"] }: CertificateOptions = {}): object[] {
  const altNames = names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }));
  return [
    { name: "basicConstraints", cA: false },
    { name: "subjectAltName", altNames },
  ];
}
