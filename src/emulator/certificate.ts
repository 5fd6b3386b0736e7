import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { optionError } from "../testing/check.js";
import { makeSelfSigned, type SelfSignedCertificate } from "./selfSignedCertificate.js";

/** A certificate for this machine, and the file that makes programs trust it. */
export interface MachineCertificate extends SelfSignedCertificate {
  /** The file with the certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  /** Whether it was made now, and not at an earlier start. */
  readonly isNew: boolean;
  /** Why the certificate of an earlier start was replaced, or undefined if there was none. */
  readonly replaced: string | undefined;
}

const loopback: readonly string[] = ["localhost", "127.0.0.1", "::1"];
const hourInMs = 60 * 60 * 1000;
const dayInMs = 24 * hourInMs;

/**
 * Returns the certificate of an earlier start if it is still usable, otherwise a new one that is valid for a year.
 * The usual one is for the loopback names. Each set of further names has another one, so that whoever trusts the usual
 * one doesn't trust the emulator as these servers, and no start replaces the certificate of a running emulator.
 * @param host - The host that the emulator listens on.
 * @param home - The folder in which certificate and key are stored, so that users have to trust them only once.
 * @param allowedHosts - Names of other servers.
 * @throws TypeError if they can't be stored.
 */
export function machineCertificate(
  host: string,
  home: string = join(homedir(), ".acs-identity-emulator"),
  allowedHosts: readonly string[] = [],
): MachineCertificate {
  const names = [
    ...new Set([...loopback, ...(isEveryAddress(host) ? [] : [host.toLowerCase()]), ...allowedHosts]),
  ];
  const others = names.slice(loopback.length).join("+");
  // Without a name for a parent folder, and without the colons of IPv6, which Windows doesn't allow.
  const folder = join(home, others.replace(/^\.+|[^\w.+-]/g, "_"));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const cert = textOf(files.cert);
  const key = textOf(files.key);
  const problem = cert === undefined ? undefined : (exposure(files.key) ?? problemOf(cert, key, names));
  if (cert !== undefined && key !== undefined && problem === undefined) {
    return { cert, key, file: files.cert, isNew: false, replaced: undefined };
  }
  const now = Date.now();
  // The clock of a client may be behind, as that of a virtual machine.
  const made = makeSelfSigned(names, new Date(now - hourInMs), new Date(now + 365 * dayInMs));
  store(folder, files, made);
  return { ...made, file: files.cert, isNew: true, replaced: problem };
}

/** Windows has no modes. */
function exposure(keyFile: string): string | undefined {
  const mode = process.platform === "win32" ? 0 : (statSync(keyFile, { throwIfNoEntry: false })?.mode ?? 0);
  return (mode & 0o077) === 0 ? undefined : "other users could read its key";
}

/** Returns why a certificate of an earlier start can't be used any more, for the middle of a sentence. */
function problemOf(cert: string, key: string | undefined, names: readonly string[]): string | undefined {
  try {
    const certificate = new X509Certificate(cert);
    const { ca, issuer, subject, subjectAltName = "", validTo } = certificate;
    const covers = (name: string) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name));
    const uncovered = names.find((name) => !covers(name));
    // Earlier versions took certificates from openssl and mkcert.
    if (ca) return "its key could sign for other hosts";
    if (issuer !== subject) return "the authority of another program issued it";
    if (Date.parse(validTo) < Date.now() + dayInMs) return `it expires on ${validTo}`;
    if (uncovered !== undefined) return `it isn't for ${uncovered}`;
    if (subjectAltName.split(", ").length > names.length) return "it is for other hosts, too";
    return certificate.checkPrivateKey(createPrivateKey(key ?? "")) ? undefined : "it belongs to another key";
  } catch {
    return "it or its key can't be read";
  }
}

function store(folder: string, files: SelfSignedCertificate, { cert, key }: SelfSignedCertificate): void {
  let created: string | undefined;
  try {
    created = mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The mode is only for a new file.
    rmSync(files.key, { force: true });
    writeFileSync(files.key, key, { mode: 0o600 });
    writeFileSync(files.cert, cert);
  } catch (error) {
    if (created !== undefined) rmSync(created, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw optionError("https", `can't store its certificate (${reason}). Pass one of your own instead`);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
