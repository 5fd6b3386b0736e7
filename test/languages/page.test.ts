// Runs the programs of docs/otherLanguages.md in the languages that Debian has.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { codeBlocks, readText } from "../helpers/documents.js";
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
  const lines = codeBlocks("docs/otherLanguages.md", "sh").find((block) => block.startsWith("go mod")) ?? "";
  const commands = lines.replace("go test", "go test -v");
  const { stdout } = await run("sh", ["-ec", commands], { cwd: join(folder, "go"), env });
  expect(stdout.match(/^--- PASS: /gm)).toHaveLength(2);
});

const annotations = ["AfterAll", "BeforeAll", "Test"];

it.skipIf(!hasJava)("the test in Java passes with the fixture (needs a JDK)", async () => {
  save("Emulator.java", program("java", "class Emulator"));
  save("IdentityTest.java", program("java", "class IdentityTest"));
  // JUnit isn't among Debian's packages that the tests need, and so this stands in for it.
  const junit = "org/junit/jupiter/api";
  for (const name of annotations) {
    save(`${junit}/${name}.java`, `package org.junit.jupiter.api;\npublic @interface ${name} {}\n`);
  }
  save(
    `${junit}/Assertions.java`,
    `package org.junit.jupiter.api;
public final class Assertions {
    public static void assertEquals(int expected, int actual) {
        if (expected != actual) throw new AssertionError(actual);
    }
}
`,
  );
  save(
    "Runner.java",
    `public final class Runner {
    public static void main(String[] arguments) throws Exception {
        IdentityTest.start();
        new IdentityTest().createsAUserWithEntraId();
        IdentityTest.stop();
        System.out.println("passed");
    }
}
`,
  );
  await run("javac", ["-d", "classes", "Runner.java"], { cwd: folder, env });
  const { stdout } = await run("java", ["-cp", "classes", "Runner"], { cwd: folder, env });
  expect(stdout).toBe("passed\n");
});

const hasCurl = await exists("curl", "--version");

it.skipIf(!hasCurl)("the script of docs/ci.md creates a user under the command (needs curl)", async () => {
  const scripts = codeBlocks("docs/ci.md", "sh").filter((block) => block.includes("client_credentials"));
  save("test.sh", scripts.join());
  const underEmulator = ["--no-install", "acs-identity", "emulator", "--https", "--"];
  const { stdout } = await run("npx", [...underEmulator, "sh", "test.sh"], { cwd: folder, env });
  expect(JSON.parse(stdout)).toMatchObject({ identity: { id: expect.stringMatching(/^8:acs:/) } });
  save("refused.sh", `AZURE_CLIENT_SECRET=another\n${scripts.join()}`);
  const refused = run("npx", [...underEmulator, "sh", "refused.sh"], { cwd: folder, env });
  await expect(refused).rejects.toMatchObject({ code: 22, stdout: expect.stringContaining("Denied") });
});

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
