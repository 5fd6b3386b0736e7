import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates {
  /** The authority's certificate, which clients must trust. */
  readonly ca: string;
  /** The server's certificate for 127.0.0.1 and localhost, signed by the authority. */
  readonly cert: string;
  readonly key: string;
}

/** Creates a certificate authority and a server certificate with openssl, in a temporary folder. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-tls-"));
  try {
    writeFileSync(join(folder, "san.cnf"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=test-ca");
    openssl(folder, "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost");
    openssl(
      folder,
      "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2 -extfile san.cnf -out server.pem",
    );
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    return { ca: read("ca.pem"), cert: read("server.pem"), key: read("server.key") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openssl(folder: string, args: string): void {
  execFileSync("openssl", args.split(" "), { cwd: folder, stdio: "pipe" });
}
