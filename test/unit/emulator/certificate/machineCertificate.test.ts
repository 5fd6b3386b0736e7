import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import os, { hostname } from "node:os";
import { dirname, join } from "node:path";
import { connect, createServer } from "node:tls";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { machineCertificate } from "../../../../src/emulator/certificate/machineCertificate.js";
import { makeSelfSigned } from "../../../../src/emulator/certificate/selfSignedCertificate.js";
import { lockFile } from "../../../../src/emulator/data/fileLock.js";
import { type LogEntry, startEmulator } from "../../../../src/emulator/index.js";
import { type Identity, makeAuthority } from "../../../helpers/certificates.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

const root = temporaryFolder(afterAll);

let folders = 0;

/** Returns the path of a folder that doesn't exist yet. */
function newFolder(): string {
  folders += 1;
  return join(root, String(folders), "inner");
}

/** Serves TLS on loopback, and returns what a client that trusts only `ca` says: "trusted", or its error. */
async function outcomeOf(served: { cert: string; key: string }, ca: string): Promise<string> {
  const server = createServer(served).listen(0, "127.0.0.1");
  server.on("tlsClientError", () => {});
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, ca });
  try {
    return await new Promise<string>((resolve) => {
      socket.once("secureConnect", () => resolve("trusted"));
      socket.once("error", ({ message }) => resolve(message));
    });
  } finally {
    socket.destroy();
    server.close();
  }
}

describe("the certificate of --https", { timeout: slowUnitTimeLimit }, () => {
  it("is for this machine and the host, for a year, and names what its key may be used for", async () => {
    const { cert, key, file } = await machineCertificate("emulator.test", newFolder());
    expect(readFileSync(file, "utf8")).toBe(cert);
    const certificate = new X509Certificate(cert);
    expect(certificate).toMatchObject({
      ca: false,
      subject: certificate.issuer,
      // serverAuth
      keyUsage: ["1.3.6.1.5.5.7.3.1"],
      subjectAltName: "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:emulator.test",
    });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    const days = (Date.parse(certificate.validTo) - Date.now()) / (24 * 60 * 60 * 1000);
    expect(Math.round(days)).toBe(365);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
  });

  it("is found among those of other hosts that a program trusts, too", async () => {
    const folder = newFolder();
    const all = [];
    for (const host of ["127.0.0.1", "a.test", "b.test"]) all.push(await machineCertificate(host, folder));
    const file = all.map(({ cert }) => cert).join("\n");
    for (const each of all) expect(await outcomeOf(each, file)).toBe("trusted");
  });

  it.skipIf(process.platform === "win32")(
    "can be read by anybody, and its key by nobody else, whatever mode files usually get (Windows has no modes)",
    async () => {
      const usual = process.umask(0o077);
      onTestFinished(() => void process.umask(usual));
      const { file } = await machineCertificate("127.0.0.1", newFolder(), ["login.example"]);
      const folder = dirname(file);
      const modes = [dirname(folder), folder, file, join(folder, "key.pem")].map(
        (path) => statSync(path).mode,
      );
      expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(["755", "755", "644", "600"]);
    },
  );

  it("is in the account's own home directory if the variable of that is empty", async () => {
    const home = temporaryFolder();
    vi.stubEnv("HOME", "");
    vi.stubEnv("USERPROFILE", "");
    vi.spyOn(os, "userInfo").mockReturnValue({ ...os.userInfo(), homedir: home });
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    const { file } = await machineCertificate("127.0.0.1");
    expect(file).toBe(join(home, ".acs-identity-emulator", "cert.pem"));
  });

  it.each(["192.168.7.1", "fe80::1", "2001:db8::", "::ffff:10.0.0.1", "2001:db8:1:2:3:4:5:6"])(
    "covers the address %s",
    async (host) => {
      const { cert } = await machineCertificate(host, newFolder());
      expect(new X509Certificate(cert).checkIP(host)).toBe(host);
    },
  );

  it.skipIf(process.platform === "win32")(
    "doesn't make anyone trust what its key signs, as an authority's would (Windows has no openssl)",
    async () => {
      const own = await machineCertificate("127.0.0.1", newFolder());
      expect(await outcomeOf(signedWith(own), own.cert)).toBe(
        "key usage does not include certificate signing",
      );
      const { identity } = makeAuthority();
      expect(await outcomeOf(signedWith(identity), identity.cert)).toBe("trusted");
    },
  );
});

/** Makes a certificate for 127.0.0.1 that another certificate's key signs, as who has stolen that key would. */
function signedWith(stolen: Identity): Identity {
  const folder = mkdtempSync(join(root, "stolen-"));
  writeFileSync(join(folder, "stolen.pem"), stolen.cert);
  writeFileSync(join(folder, "stolen.key"), stolen.key);
  writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1");
  const openssl = (command: string) =>
    execFileSync("openssl", command.split(" "), { cwd: folder, stdio: "pipe" });
  openssl(
    "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=bank.example -keyout forged.key -out request",
  );
  openssl(
    "x509 -req -in request -CA stolen.pem -CAkey stolen.key -set_serial 7 -extfile names -out forged.pem",
  );
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { cert: `${read("forged.pem")}\n${stolen.cert}`, key: read("forged.key") };
}

// As an earlier version of the emulator had them from openssl and from mkcert.
const authority = readFileSync(new URL("openssl.pem", import.meta.url), "utf8");
const issued = readFileSync(new URL("mkcert.pem", import.meta.url), "utf8");

describe("machineCertificate", () => {
  const names = ["localhost", "127.0.0.1", "::1"];
  const from = new Date(Date.now() - 60_000);

  it("keeps the certificate while it can be used", async () => {
    const folder = newFolder();
    const first = await machineCertificate("127.0.0.1", folder);
    expect(first).toMatchObject({ isNew: true, replaced: undefined });
    for (const host of ["127.0.0.1", "localhost", "0.0.0.0", "::"]) {
      expect(await machineCertificate(host, folder)).toEqual({ ...first, isNew: false });
    }
    const expiring = makeSelfSigned(names, from, new Date(Date.now() + 25 * 60 * 60 * 1000));
    writeFileSync(first.file, expiring.cert);
    writeFileSync(join(folder, "key.pem"), expiring.key);
    expect(await machineCertificate("127.0.0.1", folder)).toMatchObject({ ...expiring, isNew: false });
  });

  it.each([
    ["another host", "login.example", [], "login.example"],
    ["allowed hosts", "127.0.0.1", ["login.example"], "login.example"],
    ["both", "Emulator.test", ["a.example", "b.example"], "emulator.test+a.example+b.example"],
    ["an address", "fe80::1", [], "fe80__1"],
    ["what could be a path", "../x", [], "__x"],
    ["what could be a parent folder", "..", [], "_"],
  ])("has a certificate for %s, which the usual one is never for", async (_, host, allowedHosts, name) => {
    const folder = newFolder();
    const usual = await machineCertificate("127.0.0.1", folder);
    const other = await machineCertificate(host, folder, allowedHosts);
    expect(other).toMatchObject({ isNew: true, file: join(folder, name, "cert.pem") });
    const { subjectAltName } = new X509Certificate(other.cert);
    expect(subjectAltName?.split(", ")).toHaveLength(3 + name.split("+").length);
    await machineCertificate("127.0.0.1", folder, ["c.example"]);
    expect(await machineCertificate(host, folder, allowedHosts)).toEqual({ ...other, isNew: false });
    expect(await machineCertificate("127.0.0.1", folder)).toEqual({ ...usual, isNew: false });
  });

  it.skipIf(process.platform === "win32")(
    "lets only the owner read the key (Windows has no modes)",
    async () => {
      const folder = newFolder();
      await machineCertificate("127.0.0.1", folder);
      const key = join(folder, "key.pem");
      expect(statSync(key).mode & 0o777).toBe(0o600);
      // As another program may have left it.
      for (const mode of [0o604, 0o640]) {
        chmodSync(key, mode);
        expect((await machineCertificate("127.0.0.1", folder)).replaced).toBe(
          "other users could read its key",
        );
        expect(statSync(key).mode & 0o777).toBe(0o600);
      }
    },
  );

  it.each([
    ["openssl made", authority, "its key could sign for other hosts"],
    ["mkcert made", issued, "the authority of another program issued it"],
    [
      "is about to expire",
      makeSelfSigned(names, from, new Date(Date.now() + 23 * 60 * 60 * 1000)).cert,
      /^it expires on .* GMT$/,
    ],
    [
      "is for other names",
      makeSelfSigned(["localhost"], from, new Date("2049-01-01")).cert,
      "it isn't for 127.0.0.1",
    ],
    [
      "is for further names",
      makeSelfSigned([...names, "login.example"], from, new Date("2049-01-01")).cert,
      "it is for other hosts, too",
    ],
    [
      "has another key",
      makeSelfSigned(names, from, new Date("2049-01-01")).cert,
      "it belongs to another key",
    ],
    ["is damaged", "no certificate", "it or its key can't be read"],
  ])("replaces a certificate that %s, and says so", async (_, cert, reason) => {
    const folder = newFolder();
    const { file } = await machineCertificate("127.0.0.1", folder);
    writeFileSync(file, cert);
    const renewed = await machineCertificate("127.0.0.1", folder);
    expect(renewed).toMatchObject({ file, isNew: true, replaced: expect.stringMatching(reason) });
    expect(readFileSync(file, "utf8")).toBe(renewed.cert);
    expect(await machineCertificate("127.0.0.1", folder)).toEqual({
      ...renewed,
      isNew: false,
      replaced: undefined,
    });
  });

  it("waits for another start, and takes its certificate instead of making one, but for 5 seconds at most", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    // An earlier process may have left a longer name.
    writeFileSync(join(folder, "cert.pem.lock"), `process 12345678901 on ${hostname()}.example`);
    const unlock = await lockFile(join(folder, "cert.pem"), 0);
    const impatient = machineCertificate("127.0.0.1", folder);
    vi.advanceTimersByTime(5001);
    await expect(impatient).rejects.toThrow(
      /^https can't store its certificate \(.*: another emulator or program has .*cert\.pem\.lock open.*\)\. Let (?:HOME|USERPROFILE) name /,
    );
    // Windows lets nobody read a locked file.
    const holder = process.platform === "win32" ? "" : ` (process ${process.pid} on ${hostname()})`;
    await expect(impatient).rejects.toThrow(`cert.pem.lock open${holder}). Let `);
    const waiting = machineCertificate("127.0.0.1", folder);
    const other = await machineCertificate("127.0.0.1", newFolder());
    // In the order in which a start writes them.
    writeFileSync(join(folder, "key.pem"), other.key, { mode: 0o600 });
    writeFileSync(join(folder, "cert.pem"), other.cert);
    await unlock();
    expect(await waiting).toMatchObject({ cert: other.cert, key: other.key, isNew: false });
  });

  it("says so if it can't store the certificate", async () => {
    writeFileSync(join(root, "file"), "");
    await expect(machineCertificate("127.0.0.1", join(root, "file", "folder"))).rejects.toThrow(
      /^https can't store its certificate \(E.*\)\. Let (?:HOME|USERPROFILE) name a folder that can be written to, or pass a certificate of your own: --cert and --key, or the option tls$/,
    );
  });
});

describe("startEmulator with https", () => {
  it("names the file to trust, and tells those who trusted an earlier certificate", async () => {
    const home = mkdtempSync(join(root, "home-"));
    vi.stubEnv("HOME", home);
    vi.stubEnv("USERPROFILE", home);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const logged: string[] = [];
    const onLog = ({ level, message }: LogEntry) => logged.push(`${level}: ${message}`);
    const start = async () => {
      const emulator = await startEmulator({ https: true, onLog });
      await emulator.close();
      return emulator.certificateFile ?? "";
    };
    const file = await start();
    expect(logged.splice(0)).toEqual([`info: Made a certificate for this machine: ${file}`]);
    expect(new X509Certificate(readFileSync(file)).checkHost("localhost")).toBe("localhost");
    await start();
    expect(logged).toEqual([]);
    const getuid = process.getuid && vi.spyOn(process, "getuid").mockReturnValue(statSync(file).uid + 1);
    await start();
    expect(logged.splice(0)).toEqual(
      getuid
        ? [expect.stringMatching(/^warn: The key of .*cert\.pem belongs to another user \(uid \d+\)/)]
        : [],
    );
    getuid?.mockRestore();
    writeFileSync(file, authority);
    await start();
    expect(logged).toEqual([
      `warn: ${file} was replaced, because its key could sign for other hosts. Trust the new certificate, and remove the old one wherever you added it`,
    ]);
  });
});
