import { X509Certificate } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as tls from "node:tls";
import { pem } from "../../emulator/certificate/selfSignedCertificate.js";
import type { Environment } from "../command.js";
import { javaTrustStore } from "./javaTrustStore.js";

/** The variables that replace what a program trusts. */
const replacing = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/** The variables that may name a folder. */
const foldersToo = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "SSL_CERT_DIR"];

/** Where systems keep the certificates that they trust, in one file. */
const systemFiles = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, Red Hat
  "/etc/pki/tls/certs/ca-bundle.crt", // their older releases
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/ssl/cert.pem", // macOS, the BSDs
];

/**
 * Writes files that make programs in many languages trust a certificate besides what they trust already.
 *
 * Where a program replaces what it trusts by what a variable names, it gets a union, so that it also trusts what other
 * variables and the system do: requests without REQUESTS_CA_BUNDLE reads CURL_CA_BUNDLE, for example, and curl SSL_CERT_FILE.
 * @param folder - Where to write them. Other users can read them, since a command may run tests as another user.
 * @param certificateFile - The certificate to trust.
 * @param environment - What was trusted before.
 * @param warn - Receives what can't be read.
 * @returns The variables that name these files.
 */
export function writeTrustFiles(
  folder: string,
  certificateFile: string,
  environment: Environment,
  warn: (message: string) => void,
): Record<string, string> {
  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o644);
    return file;
  };
  const writeAll = (name: string, certificates: Iterable<string>) =>
    write(name, [...certificates].map(pem).join(""));
  const named = (name: string) => readCertificates(name, environment[name] ?? "", warn);
  const own = new X509Certificate(readFileSync(certificateFile)).raw.toString("base64");
  const union = new Set([
    own,
    ...[...replacing, "PIP_CERT", "SSL_CERT_DIR"].flatMap(named),
    ...systemCertificates(),
  ]);
  const bundle = writeAll("certificates.pem", union);
  const trustStore = write(
    "certificates.p12",
    javaTrustStore([...union].map((certificate) => Buffer.from(certificate, "base64"))),
  );
  const iniFiles = environment.PHP_INI_SCAN_DIR;
  write("curl.ini", `curl.cainfo="${bundle}"\n`);
  chmodSync(folder, 0o755);
  return {
    ...Object.fromEntries(replacing.map((name) => [name, bundle])),
    ...(environment.PIP_CERT && { PIP_CERT: bundle }),
    NODE_EXTRA_CA_CERTS: writeAll("node.pem", new Set([own, ...named("NODE_EXTRA_CA_CERTS")])),
    DENO_CERT: writeAll("deno.pem", new Set([own, ...named("DENO_CERT")])),
    // An empty folder before the delimiter is the one that PHP was built with, but an empty variable is none.
    PHP_INI_SCAN_DIR: iniFiles === "" ? folder : `${iniFiles ?? ""}${delimiter}${folder}`,
    COMMUNICATION_TRUST_STORE: trustStore,
    JAVA_TOOL_OPTIONS: javaOptions(environment.JAVA_TOOL_OPTIONS ?? "", trustStore, warn),
  };
}

/** Returns the options of each Java program. Those of a command line take precedence over them. */
function javaOptions(before: string, trustStore: string, warn: (message: string) => void): string {
  const option = "-Djavax.net.ssl.trustStore=";
  if (before.includes(option)) {
    warn(
      `JAVA_TOOL_OPTIONS names a trust store, so Java won't trust the emulator. Remove ${option}… from it, and name that store's certificates, in PEM, in SSL_CERT_FILE`,
    );
    return before;
  }
  return `${before} ${option}"${trustStore}"`.trim();
}

/** Returns the certificates of what a variable names, in base64 without line ends, as the following functions do. */
function readCertificates(variable: string, value: string, warn: (message: string) => void): string[] {
  const attempt = (read: () => string[]): string[] => {
    try {
      return read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        `${variable} names certificates that the command won't trust, because they can't be read: ${reason}`,
      );
      return [];
    }
  };
  const isFolder = (path: string) =>
    variable === "SSL_CERT_DIR" || (foldersToo.includes(variable) && statSync(path).isDirectory());
  const paths = variable === "SSL_CERT_DIR" ? value.split(delimiter) : [value];
  return paths.filter(Boolean).flatMap((path) =>
    attempt(() => {
      if (!isFolder(path)) return readCertificateFile(path, variable, warn);
      const files = readdirSync(path).map((name) => join(path, name));
      return files.flatMap((file) =>
        attempt(() => (isFile(file) ? readCertificateFile(file, variable, warn) : [])),
      );
    }),
  );
}

/** Returns false for a link to a file that is gone, which remains in a folder when a certificate is removed. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

const begin = "-----BEGIN CERTIFICATE-----";
const nodeRoots: ReadonlySet<string> = new Set(tls.rootCertificates.map(base64FromPem));
/** Certificates that were read before: that takes Node a fifth of a millisecond, and systems trust mostly Node's own. */
const readable = new Set(nodeRoots);

/** Returns the certificates of a file without those that can't be read, which make Python and curl refuse the whole file. */
function readCertificateFile(file: string, variable: string, warn: (message: string) => void): string[] {
  const blocks = readFileSync(file, "utf8").split(begin).slice(1);
  return blocks.flatMap((block, index) => {
    const base64 = base64FromPem(block);
    if (readable.has(base64)) return [base64];
    try {
      const certificate = new X509Certificate(begin + block).raw.toString("base64");
      readable.add(certificate);
      return [certificate];
    } catch {
      warn(
        `${variable}: the command won't trust certificate ${index + 1} of ${file}, because it can't be read`,
      );
      return [];
    }
  });
}

function base64FromPem(block: string): string {
  return block
    .replace(begin, "")
    .replace(/-----END.*/s, "")
    .replace(/\s/g, "");
}

function systemCertificates(): string[] {
  // Programs that read a keychain or a registry read SSL_CERT_FILE instead if it is set. Node lists those since 22.15.
  const { getCACertificates } = tls as { getCACertificates?: (type: "system") => string[] };
  const isKept = ["darwin", "win32"].includes(process.platform);
  return [...systemFile(), ...(isKept ? (getCACertificates?.("system") ?? []).map(base64FromPem) : [])];
}

function systemFile(): Iterable<string> {
  for (const file of systemFiles) {
    try {
      return readCertificateFile(file, "", () => {});
    } catch {
      // Other systems keep their certificates elsewhere.
    }
  }
  return nodeRoots;
}
