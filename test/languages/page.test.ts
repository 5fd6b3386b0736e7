// Runs the programs of docs/otherLanguages.md in the languages that Debian has.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { readText } from "../helpers/documents.js";
import { installation } from "../helpers/packed.js";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "acs-identity-languages-page-"));
// What the emulator keeps, such as its certificate, is this test's own.
const env: Record<string, string> = {
  PATH: process.env.PATH ?? "",
  HOME: join(folder, "home"),
  GOPROXY: "off",
  GOFLAGS: "-mod=mod",
};

/** Returns the only program of a language that has this text. */
function program(language: string, part: string): string {
  const blocks = [
    ...readText("docs/otherLanguages.md").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms")),
  ];
  const [found = "", ...more] = blocks.flatMap(([, code = ""]) => (code.includes(part) ? [code] : []));
  expect([found.length > 0, more]).toEqual([true, []]);
  return found;
}

function save(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const exists = (command: string, ...args: string[]) =>
  run(command, args).then(
    () => true,
    () => false,
  );
const hasPython = await exists(
  "/usr/bin/python3",
  "-c",
  "import pytest, azure.communication.identity, azure.identity",
);
const hasGo = await exists("go", "version");
const hasJava = await exists("javac", "--version");

beforeAll(async () => {
  mkdirSync(join(folder, "home"));
  symlinkSync(join((await installation()).folder, "node_modules"), join(folder, "node_modules"), "junction");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(!hasPython)(
  "pytest passes with the fixture (needs Debian's clients for Python, and pytest)",
  async () => {
    save("conftest.py", program("python", "@pytest.fixture"));
    save("test_identity.py", program("python", "def test_issues_a_token_with_entra_id(emulator)"));
    const { stdout } = await run("/usr/bin/python3", ["-m", "pytest", "-q"], { cwd: folder, env });
    expect(stdout).toMatch(/^2 passed/m);
  },
);

it.skipIf(!hasGo)("go test passes with the fixture (needs Go)", async () => {
  save("go/identity_test.go", program("go", "func TestMain"));
  // Go's standard library is compiled once for all tests.
  env.GOCACHE = (await run("go", ["env", "GOCACHE"])).stdout.trim();
  save("go/go.mod", "module example.com/identity\n\ngo 1.24\n");
  const { stdout } = await run("go", ["test", "-v", "./..."], { cwd: join(folder, "go"), env });
  expect(stdout.match(/^--- PASS: /gm)).toHaveLength(2);
});

it.skipIf(!hasJava)(
  "a program in Java signs in and creates a user through the fixture (needs a JDK)",
  async () => {
    save("Emulator.java", program("java", "class Emulator"));
    save(
      "Check.java",
      `import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public final class Check {
    public static void main(String[] arguments) throws Exception {
        try (Emulator emulator = new Emulator()) {
            var http = emulator.createHttpClient();
            String form = "grant_type=client_credentials&client_id=" + emulator.get("clientId")
                + "&client_secret=" + emulator.get("clientSecret")
                + "&scope=https%3A%2F%2Fcommunication.azure.com%2F.default";
            String path = "/" + emulator.get("tenantId") + "/oauth2/v2.0/token";
            String token = http.send(HttpRequest.newBuilder(URI.create(emulator.get("authorityHost") + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)).build(), BodyHandlers.ofString())
                .body().replaceAll(".*\\"access_token\\":\\"([^\\"]+).*", "$1");
            URI identities = URI.create(emulator.get("url") + "/identities?api-version=2023-10-01");
            System.out.println(http.send(HttpRequest.newBuilder(identities).POST(BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json").header("Authorization", "Bearer " + token).build(),
                BodyHandlers.ofString()).statusCode());
        }
    }
}
`,
    );
    await run("javac", ["-d", "classes", "Emulator.java", "Check.java"], { cwd: folder, env });
    const { stdout } = await run("java", ["-cp", "classes", "Check"], { cwd: folder, env });
    expect(stdout).toBe("201\n");
  },
);

interface Service {
  readonly command: string | readonly string[];
  readonly volumes: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: string };
}

/**
 * Runs a script as a container of the service would: with its volumes, in a file system of its own, which has this machine's
 * programs, and where `emulator` is a name of this machine.
 */
function inContainer({ volumes, environment }: Service, script: string) {
  const sources: Readonly<Record<string, string>> = { ".": folder, certificate: join(folder, "certificate") };
  const mounts = volumes.map((volume) => {
    const [source = "", target = ""] = volume.split(":");
    return `mkdir -p root${target}; mount --bind ${sources[source]} root${target}`;
  });
  const prepare = [
    "mount -t tmpfs none $1; cd $1; mkdir upper work root",
    "mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work none root",
    ...["dev", "proc"].map((name) => `mount --rbind /${name} root/${name}`),
    ...mounts,
    "echo 127.0.0.1 localhost emulator > root/etc/hosts",
    'exec chroot root sh -ec "cd /app; $2"',
  ].join("\n");
  const inside = { PATH: env.PATH, HOME: "/root", ...environment };
  const args = ["--mount", "bash", "-ec", prepare, "bash", mkdtempSync(join(folder, "container-")), script];
  return spawn("unshare", args, { env: inside, stdio: ["ignore", "pipe", "inherit"] });
}

const mayMount = await exists("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt");

it.skipIf(!hasPython || !mayMount)(
  "tests in another container than the emulator's pass over https (needs Debian's clients for Python, and root)",
  async () => {
    const { services } = parse(program("yaml", "services:")) as {
      services: Record<"emulator" | "tests", Service>;
    };
    const { emulator, tests } = services;
    save("test_containers.py", program("python", "EnvironmentCredential"));
    mkdirSync(join(folder, "certificate"));
    const running = inContainer(emulator, `exec ${emulator.command}`);
    onTestFinished(async () => {
      running.kill();
      await once(running, "close");
    });
    const isHealthy = async () => (await once(inContainer(emulator, emulator.healthcheck.test), "close"))[0];
    await expect.poll(isHealthy).toBe(0);
    const testing = inContainer(
      tests,
      `pip() { true; }\npython3() { /usr/bin/python3 "$@"; }\n${tests.command.at(-1)}`,
    );
    let output = "";
    testing.stdout.on("data", (chunk) => {
      output += chunk;
    });
    expect(await once(testing, "close"), output).toEqual([0, null]);
    expect(output).toContain("2 passed");
  },
);
