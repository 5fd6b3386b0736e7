// Creates certificates with openssl at run time. Workers trust their authority through NODE_EXTRA_CA_CERTS.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** The environment variable that tells workers the folder of the certificates. */
const folderVariable = "FAULTS_CERTIFICATES";

const configuration = `
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index.txt
serial = serial.txt
default_md = sha256
policy = any
[any]
commonName = supplied
[here]
subjectAltName = IP:127.0.0.1,IP:::1,DNS:localhost
[elsewhere]
subjectAltName = DNS:elsewhere.example
`;

const past = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"];

/** Creates the certificates in a folder, and returns the environment for processes that trust their authority. */
export function makeCertificates(): { environment: NodeJS.ProcessEnv; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-tls-"));
  const openssl = (args: readonly string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  };
  writeFileSync(path.join(folder, "openssl.cnf"), configuration);
  writeFileSync(path.join(folder, "index.txt"), "");
  writeFileSync(path.join(folder, "index.txt.attr"), "unique_subject = no\n");
  writeFileSync(path.join(folder, "serial.txt"), "01\n");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  for (const name of ["authority", "selfSigned"]) {
    openssl([
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
      "-subj",
      `/CN=${name}`,
      "-days",
      "2",
    ]);
  }
  for (const [name, names, dates] of [
    ["trusted", "here", ["-days", "2"]],
    ["expired", "here", past],
    ["otherName", "elsewhere", ["-days", "2"]],
  ] as const) {
    openssl(["req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`]);
    const authority = ["-cert", "authority.pem", "-keyfile", "authority.key"];
    const files = ["-in", `${name}.csr`, "-out", `${name}.pem`];
    openssl([
      "ca",
      "-batch",
      "-notext",
      "-config",
      "openssl.cnf",
      "-extensions",
      names,
      ...authority,
      ...dates,
      ...files,
    ]);
  }
  return {
    environment: { [folderVariable]: folder, NODE_EXTRA_CA_CERTS: path.join(folder, "authority.pem") },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Reads the key and certificate of a server, in a process that has the environment of `makeCertificates`. */
export function serverIdentity(name: "trusted" | "expired" | "otherName" | "selfSigned"): Identity {
  const folder = process.env[folderVariable] ?? "";
  const read = (end: string): string => readFileSync(path.join(folder, `${name}.${end}`), "utf8");
  return { key: read("key"), cert: read("pem") };
}
