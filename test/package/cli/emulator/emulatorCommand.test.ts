import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { makeSelfSigned } from "../../../helpers/certificates.js";
import { acsIdentity, acsIdentityHere, cli } from "../../../helpers/cli/command.js";
import { findSection } from "../../../helpers/documents.js";
import { type Command, runCommand, startCommand } from "../../../helpers/emulator/command.js";
import { send } from "../../../helpers/emulator/http.js";
import { head } from "../../../helpers/emulator/rawSocket.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

/** How a program gets mounts of its own, as in a container. */
const ownMounts = ["--mount", "--map-root-user"];
const canMount = spawnSync("unshare", [...ownMounts, "true"]).status === 0;

const target = "/identities?api-version=2023-10-01";
let command: Command | undefined;
afterEach(async () => {
  await command?.kill("SIGKILL");
  command = undefined;
});

describe("the command", () => {
  it("prints a working connection string, and logs requests and diagnoses without the key", async () => {
    command = startCommand();
    const { url, connectionString } = await command.ready();
    const [, endpoint = "", key = ""] =
      /^endpoint=(http:\/\/127\.0\.0\.1:\d+\/);accesskey=([\w+/=]+)$/.exec(connectionString) ?? [];
    expect(endpoint).toBe(`${url}/`);
    const { host } = new URL(url);
    const headers = { host, ...signedHeaders({ method: "POST", target, host, key }) };
    expect((await send(url, "POST", target, { headers })).status).toBe(201);
    expect((await send(url, "POST", target)).status).toBe(401);
    const code = await command.kill("SIGTERM");
    if (process.platform !== "win32") expect(code).toBe(0);
    expect(command.err()).toContain('"message":"POST /identities?api-version=2023-10-01 201 ');
    expect(command.err()).toContain("no Authorization header");
    expect(command.err()).not.toContain(key);
  });

  it("logs the machine's time, and the request with the service's time in a separate field", async () => {
    const before = Date.now();
    command = startCommand();
    const { url } = await command.ready();
    await send(url, "POST", "/_emulator/clock", { body: { set: "2001-01-01T00:00:00Z" } });
    await send(url, "POST", target);
    await command.kill("SIGTERM");
    const [line] = command.err().split("\n");
    const { time, message, request, help } = JSON.parse(line ?? "");
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
    expect(message).toMatch(/^POST \/identities\S* 401 Denied /);
    expect(request).toMatchObject({
      time: expect.stringMatching(/^2001-/),
      message: "Denied by the resource provider.",
      status: 401,
    });
    expect(help).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/help#denied-the-signature$/);
  });

  it("prints plain text without --json", async () => {
    command = runCommand(["--port", "0", "--env", "APP_STRING"]);
    const [url, value] = [
      "http://127\\.0\\.0\\.1:\\d+",
      "endpoint=http://127\\.0\\.0\\.1:\\d+/;accesskey=[\\w+/=]+",
    ];
    const name = "COMMUNICATION_CONNECTION_STRING";
    const where = "Connection string, to paste into %s before you start your app:\n";
    const forms =
      process.platform === "win32"
        ? `${where.replace("%s", "cmd")}set "${name}=${value}"\n${where.replace("%s", "PowerShell")}\\$env:${name} = "${value}"\n`
        : `${where.replace("%s", "your shell")}export ${name}='${value}'\n`;
    const page = `Page with users, tokens and requests: ${url}/\n`;
    const plain =
      "This is plain http: sign-in with Entra ID, and some of Microsoft's clients, need --https\n";
    const text = `^Ready on ${url}\n${page}${forms}${forms.replaceAll(name, "APP_STRING")}${plain}$`;
    await expect.poll(command.out).toMatch(new RegExp(text));
  });

  it.skipIf(process.platform === "win32")("exits with 0 on SIGINT (Windows has no signals)", async () => {
    command = startCommand();
    await command.ready();
    expect(await command.kill("SIGINT")).toBe(0);
  });

  it("ends with its standard input if asked to", async () => {
    expect(await acsIdentity(["emulator", "--port", "0", "--exit-with-stdin"])).toEqual({
      code: 0,
      out: expect.stringMatching(/^Ready on /),
      err: expect.stringMatching(/ The end of standard input: stopping\n$/),
    });
  });

  it.skipIf(process.platform === "win32")(
    "ends at a signal although its standard input stays open",
    { timeout: slowUnitTimeLimit },
    async () => {
      const child = spawn(process.execPath, [cli, "emulator", "--port", "0", "--exit-with-stdin"]);
      onTestFinished(() => void child.kill("SIGKILL"));
      await once(child.stdout, "data");
      child.kill("SIGTERM");
      expect(await once(child, "exit")).toEqual([0, null]);
    },
  );

  it("has every member of its line of JSON in docs/emulator.md", async () => {
    command = startCommand(["--https"]);
    const { entra, ...others } = await command.ready();
    const page = findSection("docs/emulator.md", "Start it from a test fixture");
    const names = [...Object.keys(others), ...Object.keys(entra)];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(names.join(" ")).toBe(
      "event url connectionString secondaryConnectionString page certificateFile pid authorityHost tenantId clientId clientSecret",
    );
  });
});

describe("the emulator over HTTPS", () => {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const empty = join(folder, "empty.pem");
  beforeAll(async () => {
    const identity = makeSelfSigned();
    writeFileSync(cert, identity.cert);
    writeFileSync(key, identity.key);
    writeFileSync(empty, "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes one certificate for four starts at once in a fresh home, of which one is killed, and all others serve it", async () => {
    const home = mkdtempSync(join(tmpdir(), "acs-identity-home-"));
    const environment = { HOME: home, USERPROFILE: home };
    const commands = Array.from({ length: 4 }, () => startCommand(["--https"], environment));
    onTestFinished(async () => {
      await Promise.all(commands.map((each) => each.kill("SIGKILL")));
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    });
    const [killed, ...others] = commands;
    await Promise.race(commands.map((each) => each.ready()));
    await killed?.kill("SIGKILL");
    for (const other of others) {
      const { url, certificateFile } = await other.ready();
      const { hostname: host, port } = new URL(url);
      const socket = connect({ host, port: Number(port), ca: readFileSync(certificateFile) });
      await once(socket, "secureConnect");
      socket.destroy();
    }
    const made = commands.filter((each) => each.err().includes("Made a certificate for this machine"));
    // The one that was killed may not have logged it.
    expect(made.length).toBeLessThan(2);
  });

  it.skipIf(!canMount)(
    "exits with 2 and names what to do if its home can't be written to (needs unshare)",
    () => {
      const line = `mount -t tmpfs -o ro none ${folder} && HOME=${folder} exec "$@"`;
      const start = [process.execPath, cli, "emulator", "--https", "--port", "0"];
      const { status, stderr } = spawnSync("unshare", [...ownMounts, "sh", "-c", line, "sh", ...start], {
        encoding: "utf8",
      });
      expect(status).toBe(2);
      expect(stderr).toMatch(
        /^--https can't store its certificate \(EROFS: .*\)\. Let HOME name .*: --cert and --key, or the option tls\. /,
      );
    },
  );

  it.each([
    ["an invalid certificate", () => ["--cert", key, "--key", key], "--cert"],
    ["an invalid key", () => ["--cert", cert, "--key", cert], "--key"],
    ["an empty certificate", () => ["--cert", empty, "--key", key], "--cert"],
  ])("exits with 2 and names the flag for %s", async (_, args, flag) => {
    const { code, err } = await acsIdentityHere(["emulator", "--port", "0", ...args()]);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`${flag} can't be used: .*See acs-identity emulator --help`));
  });

  it("exits with 2 and names the variable of an invalid file", async () => {
    const environment = { ACS_EMULATOR_CERT: key, ACS_EMULATOR_KEY: key };
    const { code, err } = await acsIdentityHere(["emulator", "--port", "0"], { environment });
    expect(code).toBe(2);
    expect(err).toContain("ACS_EMULATOR_CERT can't be used: ");
  });

  it("answers a client that trusts its certificate and closes its half of the connection after its request", async () => {
    command = startCommand(["--cert", cert, "--key", key]);
    const { hostname: host, port, protocol } = new URL((await command.ready()).url);
    expect(protocol).toBe("https:");
    // Node's types for tls.connect omit allowHalfOpen, which it accepts as net.connect does.
    const options = { host, port: Number(port), ca: readFileSync(cert, "utf8"), allowHalfOpen: true };
    const socket = connect(options);
    socket.end(head("GET /.well-known/jwks.json HTTP/1.1"));
    const response = await text(socket);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(response).not.toMatch(/strict-transport-security/i);
  });
});
