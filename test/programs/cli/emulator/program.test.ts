// `acs-identity emulator -- COMMAND`, as built.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeAuthority } from "../../../helpers/certificates.js";
import { acsIdentity, acsIdentityHere, cli } from "../../../helpers/cli/command.js";
import { hasTerminal, onTerminal } from "../../../helpers/cli/terminal.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

const client = new URL("../../../../dist/esm/index.js", import.meta.url).href;

/** Runs JavaScript in a Node that the emulator starts. */
function emulatorFor(script: string, flags: readonly string[] = [], environment = {}) {
  const program = [process.execPath, "--input-type=module", "--eval", script];
  return acsIdentity(["emulator", ...flags, "--", ...program], { environment });
}

const createUser = `
  import { CommunicationIdentityClient } from ${JSON.stringify(client)};
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
  const { communicationUserId } = await client.createUser();
  console.log(communicationUserId, process.env.COMMUNICATION_ENDPOINT, process.env.AZURE_TENANT_ID);`;

describe("emulator -- COMMAND", () => {
  it("runs the command with an emulator on a free port, prints nothing of its own, and stops", async () => {
    // Of a developer's real resource.
    const COMMUNICATION_CONNECTION_STRING = "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0";
    const { code, out, err } = await emulatorFor(createUser, [], { COMMUNICATION_CONNECTION_STRING });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [, url = ""] = /^8:acs:\S+ (http:\/\/127\.0\.0\.1:\d+) undefined\n$/.exec(out) ?? [];
    expect(url).not.toBe("");
    await expect(fetch(url)).rejects.toThrow();
  });

  it("passes everything after its name to the command, also what looks like its own options", async () => {
    const print = ["-p", "process.argv.slice(1).join()", "--", "--help", "--json", "--"];
    const args = ["--json", "emulator", "--log-level", "error", "-p", "0", "--loose"];
    const { code, out } = await acsIdentity([...args, process.execPath, ...print]);
    expect({ code, out: out.trim() }).toEqual({ code: 0, out: "--help,--json,--" });
  });

  it("sets the variables of --env or the file of --config to the connection string, too", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "emulator.json");
    writeFileSync(file, '{ "env": ["FROM_FILE"] }');
    const script = `const { COMMUNICATION_CONNECTION_STRING: value, ...env } = process.env;
      console.log(Object.keys(env).filter((name) => value.startsWith("endpoint=") && env[name] === value).join());`;
    expect((await emulatorFor(script, ["--config", file])).out).toBe("FROM_FILE\n");
  });

  it("logs to standard error if asked to, and exits with the command's code", async () => {
    const script = `${createUser} process.exitCode = 7;`;
    const { code, out, err } = await emulatorFor(script, ["--log-level", "info"]);
    expect({ code, out }).toEqual({ code: 7, out: expect.stringMatching(/^8:acs:.*\n$/) });
    expect(err).toMatch(/ POST \/identities\S* 201 /);
  });

  it("works several times at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => emulatorFor(createUser)));
    expect(outcomes.filter(({ code, err }) => code !== 0 || err !== "")).toEqual([]);
    expect(new Set(outcomes.map(({ out }) => out.split(" ")[1])).size).toBe(6);
  });

  it("makes the command trust the certificate of --https besides what it trusted before, and sign in", async () => {
    const home = temporaryFolder();
    const before = join(home, "before.pem");
    writeFileSync(before, makeAuthority().identity.cert);
    const script = `
      import { readFileSync } from "node:fs";
      const { AZURE_AUTHORITY_HOST: host, AZURE_TENANT_ID: tenant, NODE_EXTRA_CA_CERTS: file } = process.env;
      const response = await fetch(host + "/" + tenant + "/v2.0/.well-known/openid-configuration");
      console.log(response.status, file, readFileSync(file, "utf8").split("BEGIN").length - 1);`;
    const environment = {
      HOME: home,
      USERPROFILE: home,
      NODE_EXTRA_CA_CERTS: before,
      // Of the developer's own sign-in.
      AZURE_AUTHORITY_HOST: "https://login.example",
    };
    const { code, out, err } = await emulatorFor(script, ["--https"], environment);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [, file = ""] = /^200 (.+) 2\n$/.exec(out) ?? [];
    expect(file).not.toBe("");
    expect(existsSync(dirname(file))).toBe(false);
  });

  it("runs the command also if certificates that it would trust can't be read, with a warning", async () => {
    const home = temporaryFolder();
    const environment = { HOME: home, USERPROFILE: home, CURL_CA_BUNDLE: join(home, "gone.pem") };
    const { code, out, err } = await emulatorFor(createUser, ["--https"], environment);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^8:acs:/) });
    expect(err).toMatch(/^CURL_CA_BUNDLE names certificates that .* ENOENT.*\n$/);
  });

  it("says which variable to set if its files can't be written", async () => {
    const home = temporaryFolder();
    const [TMPDIR, TEMP] = [join(home, "gone"), join(home, "gone")];
    const environment = { HOME: home, USERPROFILE: home, TMPDIR, TEMP };
    const { code, err } = await emulatorFor("", ["--https"], environment);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/gone \(ENOENT\)\. Let TMPDIR /) });
  });

  it("runs a program of the official client that has its endpoint and key in its code", async () => {
    const home = temporaryFolder();
    const [host, key] = ["contoso.communication.azure.com", btoa("a key of Azure")];
    const script = `
      import tls from "node:tls";
      import { CommunicationIdentityClient } from "@azure/communication-identity";
      // Stands for a line in the file of hosts, and port 443.
      const { connect } = tls;
      const { port } = new URL(process.env.COMMUNICATION_ENDPOINT);
      tls.connect = (options, ...more) => connect({ ...options, host: "127.0.0.1", port }, ...more);
      const client = new CommunicationIdentityClient("endpoint=https://${host}/;accesskey=${key}");
      console.log((await client.createUser()).communicationUserId);`;
    const flags = ["--https", "--allow-host", host, "--access-key", key];
    const outcome = await emulatorFor(script, flags, { HOME: home, USERPROFILE: home });
    expect(outcome).toMatchObject({ code: 0, out: expect.stringMatching(/^8:acs:/) });
  });

  it("exits with 127 if there is no such command", async () => {
    const missing = await acsIdentityHere(["emulator", "--", "no-such-program"]);
    // On Windows, cmd looks for it. Wine's cmd has a code of its own.
    if (process.platform === "win32") expect([127, 9009]).toContain(missing.code);
    else {
      expect(missing).toMatchObject({ code: 127, out: "" });
      expect(missing.err).toMatch(/^no-such-program can't be started \(ENOENT\)\. Is it installed\? /);
      const secret = await acsIdentityHere(["emulator", "--", "endpoint=https://x/;accesskey=c2VjcmV0"]);
      expect(secret).toMatchObject({
        code: 127,
        err: expect.stringMatching(/^The command can't be started/),
      });
      expect(secret.err).not.toContain("c2VjcmV0");
    }
  });

  it("runs npm, which is a script of cmd on Windows", async () => {
    const folder = temporaryFolder();
    // Node comes to Wine without npm.
    const script = join(folder, "npm.cmd");
    writeFileSync(script, "@echo 1.2.3\r\n");
    const npm = process.platform === "win32" ? script : "npm";
    const { code, out } = await acsIdentity(["emulator", "--", npm, "--version"]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\s+$/) });
  });
});

describe.skipIf(process.platform === "win32")("emulator -- COMMAND (Windows has no signals)", () => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("passes %s on to every process of the command and exits with %i", async (signal, expected) => {
    const script = "sleep 1000 & echo $!; sleep 1000 & echo $!; wait";
    const { pids, code } = await signalled(["--", "sh", "-c", script], 2, signal);
    expect(code).toBe(expected);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });

  it("ends a command that ignores SIGTERM", async () => {
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid);';
    const { pids, code } = await signalled(["--", process.execPath, "--eval", script], 1, "SIGTERM");
    expect(code).toBe(143);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "removes the files with certificates after %s",
    async (signal) => {
      const TMPDIR = temporaryFolder();
      const script = "ls -d $TMPDIR/*; sleep 1000 & wait";
      const environment = { TMPDIR, HOME: temporaryFolder() };
      const { out } = await signalled(["--https", "--", "sh", "-c", script], 1, signal, environment);
      expect(out.trim().split("\n")).toEqual([expect.stringMatching(/acs-identity-\w+$/)]);
      expect(readdirSync(TMPDIR)).toEqual([]);
    },
  );

  it("exits with the code of a command that handles the signal", async () => {
    const script =
      'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log(process.pid);';
    expect((await signalled(["--", process.execPath, "--eval", script], 1, "SIGTERM")).code).toBe(5);
  });

  it("adds 128 to the signal that killed the command", async () => {
    expect((await acsIdentity(["emulator", "--", "sh", "-c", "kill -9 $$"])).code).toBe(137);
  });
});

describe.skipIf(!hasTerminal)("on a terminal (needs script of util-linux)", () => {
  it("emulator -- COMMAND leaves the terminal to the command: size, Ctrl-C once, job control", async () => {
    const script = `
      const { closeSync, openSync } = require("node:fs");
      closeSync(openSync("/dev/tty", "r+"));
      process.on("SIGWINCH", () => console.log("resized"));
      process.on("SIGINT", () => console.log("interrupted"));
      process.stdin.on("data", (line) => {
        if (String(line) === "end\\n") process.exit(5);
        require("node:child_process").spawnSync("stty", ["cols", "99"], { stdio: "inherit" });
      });
      console.log("started");`;
    const run = '$CLI emulator "$NODE" -e "$SCRIPT"';
    const environment = { NODE: process.execPath, SCRIPT: script };
    const { out, type, closed } = onTerminal(`set -m; ${run}; echo =$?; fg; echo =$?`, environment);
    await expect.poll(out).toContain("started");
    type("size\n");
    await expect.poll(out).toContain("resized");
    type("\x03");
    await expect.poll(out).toContain("interrupted");
    type("\x1a");
    await expect.poll(out).toContain("=148");
    type("end\n");
    await closed;
    expect(out()).toContain("=5");
    expect(out().match(/interrupted/g)).toHaveLength(1);
  });
});

/** Signals the emulator once its program has printed `count` lines. */
async function signalled(
  args: readonly string[],
  count: number,
  signal: NodeJS.Signals,
  environment: Readonly<Record<string, string>> = {},
) {
  const child = spawn(process.execPath, [cli, "emulator", ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    // Without the terminal of whoever runs the tests.
    detached: true,
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  await expect.poll(() => out.split("\n").length).toBeGreaterThan(count);
  child.kill(signal);
  const [code] = await once(child, "close");
  return { out, pids: out.trim().split("\n").map(Number), code };
}

/** Returns whether a process runs. One that has ended, but whose parent hasn't noticed, doesn't. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
