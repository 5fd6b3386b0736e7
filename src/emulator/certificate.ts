import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { optionError } from "../testing/check.js";

/** A certificate for this machine, and the file that makes programs trust it. */
export interface MachineCertificate {
  /** The certificate in PEM. */
  readonly cert: string;
  /** The private key in PEM. */
  readonly key: string;
  /** The file for `NODE_EXTRA_CA_CERTS`. */
  readonly authorityFile: string;
  /** The program that made it, or an earlier start that did. */
  readonly origin: "mkcert" | "openssl" | "an earlier start";
}

const dayInMs = 24 * 60 * 60 * 1000;

/**
 * Returns the certificate of an earlier start if it is still usable. Otherwise makes one with mkcert or, if that isn't
 * installed, with openssl.
 * @param host - The host that the emulator listens on. The certificate covers it and the loopback names.
 * @param folder - Where certificate and key are stored, so that users have to trust them only once.
 * @throws TypeError when neither program is installed.
 */
export function machineCertificate(
  host: string,
  folder: string = join(homedir(), ".acs-identity-emulator"),
): MachineCertificate {
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const names = [...new Set(["localhost", "127.0.0.1", "::1", ...(isEveryAddress(host) ? [] : [host])])];
  const isReused = isUsable(files.cert, files.key, names);
  const origin = isReused ? "an earlier start" : make(folder, files, names);
  const cert = readFileSync(files.cert, "utf8");
  const { issuer, subject } = new X509Certificate(cert);
  const authorityFile = issuer === subject ? files.cert : join(run("mkcert", ["-CAROOT"]), "rootCA.pem");
  return { cert, key: readFileSync(files.key, "utf8"), authorityFile, origin };
}

function make(
  folder: string,
  { cert, key }: { cert: string; key: string },
  names: readonly string[],
): MachineCertificate["origin"] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (isInstalled("mkcert", "-version")) {
    run("mkcert", ["-cert-file", cert, "-key-file", key, ...names]);
    return "mkcert";
  }
  if (isInstalled("openssl", "version")) {
    const alternatives = names.map((name) => `${isIP(name) ? "IP" : "DNS"}:${name}`).join(",");
    run("openssl", [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365".split(" "),
      ...["-subj", "/CN=acs-identity emulator", "-addext", `subjectAltName=${alternatives}`],
      ...["-keyout", key, "-out", cert],
    ]);
    return "openssl";
  }
  throw optionError(
    "https",
    "needs mkcert (https://github.com/FiloSottile/mkcert) or openssl to make a certificate. Install one of them, or pass your own certificate",
  );
}

/** Whether the certificate covers all names and is valid for at least another day. */
function isUsable(certFile: string, keyFile: string, names: readonly string[]): boolean {
  if (!existsSync(certFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(certFile));
    const covers = (name: string) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name));
    return Date.parse(certificate.validTo) > Date.now() + dayInMs && names.every(covers);
  } catch {
    return false;
  }
}

function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isInstalled(program: string, argument: string): boolean {
  try {
    run(program, [argument]);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
