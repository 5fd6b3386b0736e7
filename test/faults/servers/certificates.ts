// Workers trust the authority of these certificates through NODE_EXTRA_CA_CERTS.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Identity, makeAuthority } from "../../helpers/certificates.js";

/** The environment variable that tells workers the folder of the certificates. */
const folderVariable = "FAULTS_CERTIFICATES";

/** Creates the certificates in a folder, and returns the environment for processes that trust their authority. */
export function makeCertificates(): { environment: NodeJS.ProcessEnv; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-tls-"));
  const { identity, issue } = makeAuthority();
  const identities = {
    authority: identity,
    trusted: issue("trusted"),
    otherName: issue("otherName", { names: ["elsewhere.example"] }),
  };
  for (const [name, { cert, key }] of Object.entries(identities)) {
    writeFileSync(path.join(folder, `${name}.pem`), cert);
    writeFileSync(path.join(folder, `${name}.key`), key);
  }
  return {
    environment: { [folderVariable]: folder, NODE_EXTRA_CA_CERTS: path.join(folder, "authority.pem") },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Reads the key and certificate of a server, in a process that has the environment of `makeCertificates`. */
export function serverIdentity(name: "trusted" | "otherName"): Identity {
  const folder = process.env[folderVariable] ?? "";
  const read = (end: string): string => readFileSync(path.join(folder, `${name}.${end}`), "utf8");
  return { key: read("key"), cert: read("pem") };
}
