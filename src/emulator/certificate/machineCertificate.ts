import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { optionError } from "../../testing/validation/check.js";
import { lockFile } from "../data/fileLock.js";
import type { Log } from "../options/log.js";
import { makeSelfSigned, type SelfSignedCertificate } from "./selfSignedCertificate.js";

/** A certificate for this machine, and the file that makes programs trust it. */
export interface MachineCertificate extends SelfSignedCertificate {
  /** The file with the certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  /** Whether it was made now, and not at an earlier start. */
  readonly isNew: boolean;
  /** Why the certificate of an earlier start was replaced, or undefined if there was none. */
  readonly replaced: string | undefined;
  /** The id of the user that has the key, if that is another one than this process runs as. */
  readonly otherOwner: number | undefined;
}

const loopback: readonly string[] = ["localhost", "127.0.0.1", "::1"];
const hourInMs = 60 * 60 * 1000;
const dayInMs = 24 * hourInMs;
const patienceInMs = 5000;

/**
 * Returns the certificate of an earlier start if it is still usable, otherwise a new one that is valid for a year.
 * The usual one is for the loopback names. Each set of further names has another one, so that whoever trusts the usual
 * one doesn't trust the emulator as these servers, and no start replaces the certificate of a running emulator. Of several
 * starts at once, one makes the certificate, and the others wait for it.
 * @param host - The host that the emulator listens on.
 * @param home - The folder in which certificate and key are stored, so that users have to trust them only once. By default,
 * `.acs-identity-emulator` in the home directory.
 * @param allowedHosts - Names of other servers.
 * @throws TypeError if they can't be stored, or another start doesn't finish within five seconds.
 */
export async function machineCertificate(
  host: string,
  home?: string,
  allowedHosts: readonly string[] = [],
): Promise<MachineCertificate> {
  const own = host === "0.0.0.0" || host === "::" ? [] : [host.toLowerCase()];
  const names = [...new Set([...loopback, ...own, ...allowedHosts])];
  const others = names.slice(loopback.length).join("+");
  try {
    // The folder's name must not lead to a parent folder, nor have the colons of IPv6, which Windows doesn't allow.
    const folder = join(home ?? defaultHome(), others.replace(/^\.+|[^\w.+-]/g, "_"));
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    const stored = read(files, names);
    if (typeof stored === "object") return stored;
    makeFolder(folder);
    const unlock = await lockFile(files.cert, patienceInMs);
    try {
      const found = read(files, names);
      return typeof found === "object" ? found : make(files, names, found);
    } finally {
      await unlock();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const variable = process.platform === "win32" ? "USERPROFILE" : "HOME";
    throw optionError(
      "https",
      `can't store its certificate (${reason}). Let ${variable} name a folder that can be written to, or pass a certificate of your own: --cert and --key, or the option tls`,
    );
  }
}

/** Returns the folder in the account's home directory. The variable of that directory may be empty. */
function defaultHome(): string {
  return join(homedir() || userInfo().homedir, ".acs-identity-emulator");
}

/**
 * Makes a folder that everybody can read, and those above it. With its option `recursive`, `mkdir` reports ENOENT for every
 * error that it doesn't know, such as that of a file system that can't be written to.
 */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT") throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder);
  }
  chmodSync(folder, 0o755);
}

/** Returns the certificate of an earlier start, why it can't be used any more, or undefined if there is none. */
function read(
  files: SelfSignedCertificate,
  names: readonly string[],
): MachineCertificate | string | undefined {
  const cert = readIfReadable(files.cert);
  if (cert === undefined) return undefined;
  const key = readIfReadable(files.key) ?? "";
  const { mode = 0, uid } = statSync(files.key, { throwIfNoEntry: false }) ?? {};
  // Windows has neither modes nor ids.
  const user = process.getuid?.();
  if (user !== undefined && (mode & 0o077) !== 0) return "other users could read its key";
  const otherOwner = user === undefined || uid === user ? undefined : uid;
  const stored = { cert, key, file: files.cert, isNew: false, replaced: undefined, otherOwner };
  return whyUnusable(cert, key, names) ?? stored;
}

/** Returns a reason for the middle of a sentence. */
function whyUnusable(cert: string, key: string, names: readonly string[]): string | undefined {
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
    return certificate.checkPrivateKey(createPrivateKey(key)) ? undefined : "it belongs to another key";
  } catch {
    return "it or its key can't be read";
  }
}

function make(
  files: SelfSignedCertificate,
  names: readonly string[],
  replaced: string | undefined,
): MachineCertificate {
  const now = Date.now();
  // The clock of a client may be behind, as that of a virtual machine.
  const made = makeSelfSigned(names, new Date(now - hourInMs), new Date(now + 365 * dayInMs));
  // `writeFileSync` sets the mode of new files only.
  if (process.platform !== "win32") rmSync(files.key, { force: true });
  writeFileSync(files.key, made.key, { mode: 0o600 });
  writeFileSync(files.cert, made.cert);
  // Programs of other users have to trust it, too, whatever mode this user's files usually get.
  chmodSync(files.cert, 0o644);
  return { ...made, file: files.cert, isNew: true, replaced, otherOwner: undefined };
}

function readIfReadable(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Returns the certificate of this machine, and logs what its user has to do about it. @throws TypeError */
export async function loggedCertificate(
  host: string,
  allowedHosts: readonly string[],
  log: Log,
): Promise<MachineCertificate> {
  const certificate = await machineCertificate(host, undefined, allowedHosts);
  const { file, isNew, replaced, otherOwner } = certificate;
  if (replaced !== undefined) {
    const message = `${file} was replaced, because ${replaced}. Trust the new certificate, and remove the old one wherever you added it`;
    log({ level: "warn", message });
  } else if (isNew) log({ level: "info", message: `Made a certificate for this machine: ${file}` });
  if (otherOwner !== undefined) {
    const message = `The key of ${file} belongs to another user (uid ${otherOwner}), who can pose as this emulator. Use a home directory or a certificate of your own`;
    log({ level: "warn", message });
  }
  return certificate;
}
