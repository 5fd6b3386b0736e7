import "reflect-metadata"; // Before x509, which needs it.
import {
  BasicConstraintsExtension,
  type Extension,
  type JsonGeneralNames,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

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
  readonly names?: JsonGeneralNames;
  /** Until when the certificate can be used, from a year before. Default: for two days from now. */
  readonly notAfter?: Date;
}

/** Signs certificates for servers. */
export interface Authority {
  readonly identity: Identity;
  issue(name: string, options?: CertificateOptions): Promise<Identity>;
}

const day = 24 * 60 * 60 * 1000;
const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const here: JsonGeneralNames = [
  { type: "ip", value: "127.0.0.1" },
  { type: "ip", value: "::1" },
  { type: "dns", value: "localhost" },
];

/** Makes a certificate authority. */
export async function makeAuthority(): Promise<Authority> {
  const keys = await makeKeys();
  const name = "CN=test-ca";
  const root = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    ...validity(),
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    identity: await identityOf(root.toString("pem"), keys),
    issue: async (subject, options) => {
      const { privateKey, publicKey } = await makeKeys();
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: name,
        publicKey,
        signingKey: keys.privateKey,
        ...validity(options),
        extensions: serverExtensions(options),
      });
      return identityOf(certificate.toString("pem"), { privateKey });
    },
  };
}

/** Makes a server's certificate that no authority signed, with a key for ECDSA or, for Entra ID, RSA. */
export async function makeSelfSigned(
  options?: CertificateOptions & { readonly algorithm?: "RSA" },
): Promise<Identity> {
  const keys = await makeKeys(options?.algorithm);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    keys,
    ...validity(options),
    extensions: serverExtensions(options),
  });
  return identityOf(certificate.toString("pem"), keys);
}

/** Makes an authority, and the certificate of a server for 127.0.0.1 and localhost. */
export async function makeCertificates(): Promise<Certificates> {
  const { identity, issue } = await makeAuthority();
  return { ca: identity.cert, ...(await issue("localhost")) };
}

function makeKeys(algorithm?: "RSA"): Promise<CryptoKeyPair> {
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  };
  return crypto.subtle.generateKey(algorithm ? rsa : ecdsa, true, ["sign", "verify"]);
}

function validity({ notAfter = new Date(Date.now() + 2 * day) }: CertificateOptions = {}) {
  return { notBefore: new Date(notAfter.getTime() - 365 * day), notAfter };
}

function serverExtensions({ names = here }: CertificateOptions = {}): Extension[] {
  return [new BasicConstraintsExtension(false), new SubjectAlternativeNameExtension(names)];
}

async function identityOf(
  cert: string,
  { privateKey }: Pick<CryptoKeyPair, "privateKey">,
): Promise<Identity> {
  const key = await crypto.subtle.exportKey("pkcs8", privateKey);
  return { cert, key: PemConverter.encode(key, PemConverter.PrivateKeyTag) };
}
