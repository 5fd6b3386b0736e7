import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import { writeTrustFiles } from "../../../../src/cli/emulator/trustFiles.js";
import { makeSelfSigned } from "../../../../src/emulator/certificate/selfSignedCertificate.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

const [from, to] = [new Date("2026-01-01"), new Date("2049-01-01")];
const makeCertificate = (name: string) => makeSelfSigned([name], from, to).cert;

/** Writes the trust files of an emulator whose command runs in an environment. */
function trustFiles(environment: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const certificateFile = join(folder, "emulator.pem");
  writeFileSync(certificateFile, makeCertificate("emulator"));
  const target = join(folder, "files");
  mkdirSync(target, { mode: 0o700 });
  const warnings: string[] = [];
  const variables = writeTrustFiles(target, certificateFile, environment, (message) =>
    warnings.push(message),
  );
  return { folder: target, variables, warnings };
}

/** Returns the host names of the certificates that aren't Node's own. */
function namesIn(file = ""): (string | undefined)[] {
  const blocks = readFileSync(file, "utf8").match(
    /-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n/g,
  );
  expect(blocks?.join("")).toBe(readFileSync(file, "utf8"));
  return (blocks ?? [])
    .map((block) => new X509Certificate(block))
    .filter(({ subject }) => subject.startsWith("CN=acs-identity emulator"))
    .map(({ subjectAltName }) => subjectAltName?.replace("DNS:", ""));
}

function fileWith(...contents: readonly string[]): string {
  const file = join(temporaryFolder(), "some.pem");
  writeFileSync(file, contents.join(""));
  return file;
}

describe("the files that make a command trust the emulator", () => {
  it("have the emulator's certificate, and those of the system or of Node", () => {
    const { variables, warnings } = trustFiles();
    const { SSL_CERT_FILE = "", NODE_EXTRA_CA_CERTS, DENO_CERT } = variables;
    expect(variables).toMatchObject({ REQUESTS_CA_BUNDLE: SSL_CERT_FILE, CURL_CA_BUNDLE: SSL_CERT_FILE });
    expect(variables).not.toHaveProperty("PIP_CERT");
    for (const file of [SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, DENO_CERT])
      expect(namesIn(file)).toEqual(["emulator"]);
    expect(readFileSync(SSL_CERT_FILE, "utf8").split("BEGIN").length).toBeGreaterThan(50);
    expect(warnings).toEqual([]);
  });

  it("have one union of what the variables named that replace what a program trusts", () => {
    const dir = temporaryFolder();
    for (const name of ["dir", "other"]) writeFileSync(join(dir, `${name}.crt`), makeCertificate(name));
    writeFileSync(join(dir, "README"), "no certificate");
    mkdirSync(join(dir, "java"));
    // On Windows, only administrators make links.
    if (process.platform !== "win32") symlinkSync(join(dir, "gone"), join(dir, "0123abcd.0"));
    const shared = makeCertificate("shared");
    const { variables, warnings } = trustFiles({
      SSL_CERT_FILE: fileWith(
        "\ufeff# a comment\r\n",
        makeCertificate("ssl").replaceAll("\n", "\r\n"),
        shared,
      ),
      REQUESTS_CA_BUNDLE: dir,
      CURL_CA_BUNDLE: fileWith(shared, makeCertificate("curl").trimEnd()),
      PIP_CERT: fileWith(makeCertificate("pip")),
      SSL_CERT_DIR: [dir, "", temporaryFolder()].join(delimiter),
      NODE_EXTRA_CA_CERTS: fileWith(makeCertificate("node")),
      DENO_CERT: fileWith(makeCertificate("deno")),
    });
    const { SSL_CERT_FILE: file, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, PIP_CERT } = variables;
    expect([REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, PIP_CERT]).toEqual([file, file, file]);
    expect(namesIn(file)).toEqual(["emulator", "ssl", "shared", "dir", "other", "curl", "pip"]);
    expect(namesIn(variables.NODE_EXTRA_CA_CERTS)).toEqual(["emulator", "node"]);
    expect(namesIn(variables.DENO_CERT)).toEqual(["emulator", "deno"]);
    expect(variables).not.toHaveProperty("SSL_CERT_DIR");
    expect(warnings).toEqual([]);
  });

  it("leave out what can't be read, with a warning that names the variable", () => {
    const folder = temporaryFolder();
    const broken = makeCertificate("broken").replace(/\n.{10}/, "\n");
    const cut = makeCertificate("cut").replace(/-----END.*\s/, "");
    const { variables, warnings } = trustFiles({
      SSL_CERT_FILE: folder,
      REQUESTS_CA_BUNDLE: fileWith(makeCertificate("first"), broken, cut, makeCertificate("last")),
      SSL_CERT_DIR: join(folder, "gone"),
      NODE_EXTRA_CA_CERTS: join(folder, "gone.pem"),
      DENO_CERT: folder,
      CURL_CA_BUNDLE: "",
      PIP_CERT: "",
    });
    expect(namesIn(variables.SSL_CERT_FILE)).toEqual(["emulator", "first", "last"]);
    expect(variables).not.toHaveProperty("PIP_CERT");
    expect(warnings).toEqual([
      expect.stringMatching(/^SSL_CERT_FILE .*can't be read: EISDIR/),
      expect.stringMatching(/^REQUESTS_CA_BUNDLE: .* certificate 2 of .*some\.pem/),
      expect.stringMatching(/^REQUESTS_CA_BUNDLE: .* certificate 3 of .*some\.pem/),
      expect.stringMatching(/^SSL_CERT_DIR .*can't be read: ENOENT/),
      expect.stringMatching(/^NODE_EXTRA_CA_CERTS .*can't be read: ENOENT/),
      expect.stringMatching(/^DENO_CERT .*can't be read: EISDIR/),
    ]);
  });

  it.skipIf(process.platform === "win32")(
    "have what else is in a folder if a file of it can't be read (on Windows, only administrators make links)",
    () => {
      const folder = temporaryFolder();
      symlinkSync("circle", join(folder, "circle"));
      writeFileSync(join(folder, "other.pem"), makeCertificate("other"));
      const { variables, warnings } = trustFiles({ SSL_CERT_DIR: folder });
      expect(namesIn(variables.SSL_CERT_FILE)).toEqual(["emulator", "other"]);
      expect(warnings).toEqual([expect.stringMatching(/^SSL_CERT_DIR .* ELOOP/)]);
    },
  );

  it("add a file of PHP's settings to the folders where it looks for them", () => {
    const { folder, variables } = trustFiles();
    expect(variables.PHP_INI_SCAN_DIR).toBe(delimiter + folder);
    expect(readFileSync(join(folder, "curl.ini"), "utf8")).toBe(`curl.cainfo="${variables.SSL_CERT_FILE}"\n`);
    const before = trustFiles({ PHP_INI_SCAN_DIR: "/before" });
    expect(before.variables.PHP_INI_SCAN_DIR).toBe(`/before${delimiter}${before.folder}`);
    // PHP then looks nowhere.
    const none = trustFiles({ PHP_INI_SCAN_DIR: "" });
    expect(none.variables.PHP_INI_SCAN_DIR).toBe(none.folder);
  });

  it("have the union as a store for Java", () => {
    const { COMMUNICATION_TRUST_STORE = "", SSL_CERT_FILE = "" } = trustFiles().variables;
    const store = forge.pkcs12.pkcs12FromAsn1(
      forge.asn1.fromDer(readFileSync(COMMUNICATION_TRUST_STORE).toString("latin1")),
    );
    const bags = store.safeContents.flatMap(({ safeBags }) => safeBags);
    // forge leaves certificates with elliptic curves as they are.
    const stored = bags.map(({ cert, asn1 }) =>
      forge.asn1.toDer(cert ? forge.pki.certificateToAsn1(cert) : asn1),
    );
    const pems =
      readFileSync(SSL_CERT_FILE, "utf8").match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    const expected = pems.map((pem) => new X509Certificate(pem).raw.toString("latin1"));
    expect(stored.map((each) => each.getBytes())).toEqual(expected);
  });

  it("tell Java of that store, in quotes because the path may have a space, besides its options", () => {
    const { variables, warnings } = trustFiles({ JAVA_TOOL_OPTIONS: "-Xmx1g" });
    const { COMMUNICATION_TRUST_STORE, JAVA_TOOL_OPTIONS } = variables;
    expect(JAVA_TOOL_OPTIONS).toBe(`-Xmx1g -Djavax.net.ssl.trustStore="${COMMUNICATION_TRUST_STORE}"`);
    expect(trustFiles().variables.JAVA_TOOL_OPTIONS).toMatch(/^-Djavax\.net\.ssl\.trustStore="[^"]+"$/);
    expect(warnings).toEqual([]);
  });

  it("leave Java with its own store if its options name one, with a warning that says what to do", () => {
    const own = "-Dsome=option -Djavax.net.ssl.trustStore=/own.p12";
    const { variables, warnings } = trustFiles({ JAVA_TOOL_OPTIONS: own });
    expect(variables.JAVA_TOOL_OPTIONS).toBe(own);
    expect(warnings).toEqual([
      "JAVA_TOOL_OPTIONS names a trust store, so Java won't trust the emulator. Remove -Djavax.net.ssl.trustStore=… from it, and name that store's certificates, in PEM, in SSL_CERT_FILE",
    ]);
  });

  it.skipIf(process.platform === "win32")("can be read by other users", () => {
    const mask = process.umask(0o077);
    try {
      const { folder, variables } = trustFiles({ PIP_CERT: fileWith("") });
      const modeOf = (path: string) => statSync(path).mode & 0o777;
      expect(modeOf(folder)).toBe(0o755);
      const { PHP_INI_SCAN_DIR: _, JAVA_TOOL_OPTIONS: __, ...files } = variables;
      for (const file of [...Object.values(files), join(folder, "curl.ini")])
        expect(modeOf(file)).toBe(0o644);
    } finally {
      process.umask(mask);
    }
  });
});
