// Programs in many languages under `acs-identity emulator --https -- COMMAND`, and nothing else: they trust the emulator, go
// on to trust what a variable named before, and trust nobody else.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAuthority } from "../helpers/certificates.js";
import { isGateMachine } from "../helpers/gateMachine.js";
import { binaries, binaryAt } from "../runtimes/binaries.js";

const run = promisify(execFile);
const cli = fileURLToPath(new URL("../../dist/esm/cli/acsIdentity.js", import.meta.url));
const clients = fileURLToPath(new URL("clients/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "acs-identity-languages-"));
const home = join(folder, "home");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = "/usr/bin/python3";
const file = (name: string) => join(clients, name);
const javaClasses = join(folder, "java");
const goBinary = join(folder, "client-go");
const deno = await binaryAt(binaries.Deno);

/** A program in some language. */
interface Program {
  /** Fails on a machine that lacks it. */
  readonly needs: readonly string[];
  readonly command: readonly string[];
  /** Whether it adds to what it trusts, by a variable of its own, where the others replace it by a whole file. */
  readonly adds?: boolean;
}

function pythonWith(modules: string, library: string): Program {
  return { needs: [python, "-c", `import ${modules}`], command: [python, file("client.py"), library] };
}

const known: Readonly<Record<string, Program>> = {
  "Microsoft's client for Python, and requests": pythonWith(
    "requests, azure.communication.identity",
    "requests",
  ),
  "Python with httpx": pythonWith("httpx", "httpx"),
  "Python with aiohttp": pythonWith("aiohttp", "aiohttp"),
  curl: { needs: ["curl", "--version"], command: ["sh", file("client.sh")] },
  Ruby: { needs: ["ruby", "--version"], command: ["ruby", file("client.rb")] },
  "PHP's streams": { needs: ["php", "--version"], command: ["php", file("client.php"), "streams"] },
  "PHP's curl": { needs: ["php", "-r", "curl_version();"], command: ["php", file("client.php"), "curl"] },
  Perl: { needs: ["perl", "-MIO::Socket::SSL", "-e", "1"], command: ["perl", file("client.pl")] },
  Java: {
    needs: ["javac", "-d", javaClasses, file("Client.java")],
    command: ["java", "-cp", javaClasses, "Client"],
  },
  // What it compiles of its standard library stays in the user's cache.
  Go: { needs: ["go", "build", "-o", goBinary, file("client.go")], command: [goBinary] },
  Node: {
    needs: [process.execPath, "--version"],
    command: [process.execPath, file("client.mjs")],
    adds: true,
  },
  Deno: {
    needs: [deno ?? "deno", "--version"],
    command: [deno ?? "deno", "run", "--quiet", "--allow-all", file("client.mjs")],
    adds: true,
  },
};

const lacking: string[] = [];
for (const [
  name,
  {
    needs: [program = "", ...args],
  },
] of Object.entries(known))
  await run(program, args).catch((error: unknown) => lacking.push(`${name} (${String(error)})`));
const programs = Object.entries(known).filter(
  ([name]) => !lacking.some((each) => each.startsWith(`${name} (`)),
);
const replacing = programs.filter(([, { adds }]) => !adds).map(([name]) => name);

const second = makeAuthority();
const servers: Server[] = [];
const urls: Record<string, string> = {};
const trusted = join(folder, "trusted.pem");
const trustedFolder = join(folder, "trusted");

async function listen(name: string, { cert, key }: { cert: string; key: string }): Promise<void> {
  const server = createServer({ cert, key }, (_, response) => response.end());
  // A client that refuses the certificate cuts the connection.
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  const address = server.address();
  urls[name] = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

beforeAll(async () => {
  mkdirSync(home);
  mkdirSync(trustedFolder);
  writeFileSync(trusted, second.identity.cert);
  writeFileSync(join(trustedFolder, "trusted.pem"), second.identity.cert);
  await listen("SECOND_URL", second.issue("localhost"));
  await listen("THIRD_URL", makeAuthority().issue("localhost"));
});

afterAll(() => {
  for (const server of servers) server.close();
});

/** In the order of the warnings. */
const variables = [
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "DENO_CERT",
];

const systemFile = "/etc/ssl/certs/ca-certificates.crt";
const canMount = await run("unshare", ["--map-root-user", "--mount", "true"]).then(
  () => existsSync(systemFile),
  () => false,
);

interface Outcome {
  /** The status, or why there is none, of a new user, of the second server and of the third. */
  readonly [program: string]: readonly [string, string, string];
}

/** Runs all programs in an environment that has nothing but these variables. */
async function underEmulator(
  variables: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<{ outcome: Outcome; warnings: string[] }> {
  const commands = programs.map(([name, { command }]) => [name, command]);
  const all = [process.execPath, file("all.mjs"), JSON.stringify(commands)];
  const [program = "", ...args] = [...wrapper, process.execPath, cli, "emulator", "--https", "--", ...all];
  const env = { PATH: process.env.PATH, HOME: home, ...urls, ...variables };
  const { stdout, stderr } = await run(program, args, { env });
  // Node has a warning of its own for NODE_EXTRA_CA_CERTS.
  const warnings = stderr
    .split("\n")
    .filter((line) => line && !line.startsWith("Warning: Ignoring extra certs"));
  return { outcome: JSON.parse(stdout), warnings };
}

/** Expects that all programs trust the emulator, that some of them trust the second server, and that none trusts the third. */
function expectTrust(outcome: Outcome, trustSecond: readonly string[]): void {
  const refused = expect.stringMatching(/certificat|issuer|PKIX|SSL/i);
  const expected = programs.map(([name]) => [
    name,
    ["201", trustSecond.includes(name) ? "200" : refused, refused],
  ]);
  expect(outcome).toEqual(Object.fromEntries(expected));
}

it.runIf(isGateMachine)("finds a program for each language", () => {
  expect(lacking).toEqual([]);
});

describe(`${programs.map(([name]) => name).join(", ")}: emulator --https -- COMMAND`, () => {
  it("makes them trust the emulator, and nobody else", async () => {
    const { outcome, warnings } = await underEmulator();
    expectTrust(outcome, []);
    expect(warnings).toEqual([]);
  });

  it.each(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"])(
    "keeps their trust in what the file of %s has",
    async (name) => {
      const { outcome, warnings } = await underEmulator({ [name]: trusted });
      expectTrust(outcome, replacing);
      expect(warnings).toEqual([]);
    },
  );

  it.each(["SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"])(
    "keeps their trust in what the folder of %s has",
    async (name) => {
      const { outcome, warnings } = await underEmulator({ [name]: trustedFolder });
      expectTrust(outcome, replacing);
      expect(warnings).toEqual([]);
    },
  );

  it.each([
    ["NODE_EXTRA_CA_CERTS", ["Node", "Deno"]],
    ["DENO_CERT", ["Deno"]],
  ])("keeps the trust that %s adds for %j", async (name, added) => {
    const { outcome, warnings } = await underEmulator({ [name]: trusted });
    expectTrust(outcome, added);
    expect(warnings).toEqual([]);
  });

  it("makes them reach the emulator if the environment has a proxy that can't", async () => {
    const names = ["HTTPS_PROXY", "https_proxy"].map((name) => [name, "http://127.0.0.1:9"]);
    const { outcome } = await underEmulator(Object.fromEntries(names));
    expect(Object.values(outcome).map(([status]) => status)).toEqual(programs.map(() => "201"));
  });

  it("makes them trust the emulator if all variables are empty", async () => {
    const { outcome, warnings } = await underEmulator(
      Object.fromEntries(variables.map((name) => [name, ""])),
    );
    expectTrust(outcome, []);
    expect(warnings).toEqual([]);
  });

  it("makes them trust the emulator, with a warning each, if what all variables name is gone", async () => {
    const gone = {
      ...Object.fromEntries(variables.map((name) => [name, "/gone.pem"])),
      PHP_INI_SCAN_DIR: ":/gone",
    };
    const { outcome, warnings } = await underEmulator(gone);
    expectTrust(outcome, []);
    expect(warnings.map((warning) => warning.split(" ")[0])).toEqual(variables);
  });

  it("makes them trust the emulator, with a warning each, if a variable for a file names a folder", async () => {
    const [SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, DENO_CERT] = [trustedFolder, trustedFolder, trustedFolder];
    const { outcome, warnings } = await underEmulator({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, DENO_CERT });
    expectTrust(outcome, []);
    expect(warnings).toHaveLength(3);
  });

  it("makes them trust the emulator if the path of the temporary folder has a space", async () => {
    const TMPDIR = join(folder, "a folder");
    mkdirSync(TMPDIR);
    const { outcome, warnings } = await underEmulator({ TMPDIR, JAVA_TOOL_OPTIONS: "-Dsome=option" });
    expectTrust(outcome, []);
    expect(warnings).toEqual([]);
  });

  it.skipIf(!canMount)(
    "keeps their trust in the system's certificates (needs a mount of its own)",
    async () => {
      const copy = join(folder, "system.pem");
      writeFileSync(copy, `${readFileSync(systemFile, "utf8")}\n${second.identity.cert}`);
      const script = `mount --bind "$0" ${systemFile} && exec "$@"`;
      const { outcome } = await underEmulator({}, [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        script,
        copy,
      ]);
      expectTrust(outcome, replacing);
    },
  );
});
