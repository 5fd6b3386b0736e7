// Runs the programs of the pages of languages that Debian has.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { codeBlocks } from "../helpers/documents.js";
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

/** Returns the only program of a page that has this text. */
function program(page: string, language: string, part: string): string {
  const blocks = codeBlocks(page, language);
  const [found = "", ...more] = blocks.filter((code) => code.includes(part));
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
const hasMaven = (await exists("mvn", "--version")) && existsSync("/usr/share/maven-repo/org/junit/jupiter");
const cargo = "/usr/bin/cargo";
const crates = "/usr/share/cargo/registry";
const hasCargo = existsSync(cargo) && existsSync(crates);

/** Runs a command by itself, and then with an emulator around it. Returns what both printed. */
async function runTwice(
  folder: string,
  command: readonly string[],
  flags: readonly string[] = ["--https"],
  variables: Record<string, string> = {},
) {
  const options = { cwd: folder, env: { ...env, ...variables } };
  const [program = "", ...args] = command;
  const around = ["--no-install", "acs-identity", "emulator", ...flags, "--", ...command];
  const alone = await run(program, args, options);
  const within = await run("npx", around, options);
  return [alone.stdout, within.stdout];
}

beforeAll(async () => {
  mkdirSync(join(folder, "home"));
  symlinkSync(join((await installation()).folder, "node_modules"), join(folder, "node_modules"), "junction");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installationHint = "No emulator. Is it installed? npm install ./acs-identity-1.0.0-beta.1.tgz";

it.skipIf(!hasPython)(
  "pytest passes by itself and with the one line (needs Debian's clients for Python, and pytest)",
  async () => {
    save("conftest.py", program("docs/python.md", "python", "Popen"));
    save("test_identity.py", program("docs/python.md", "python", "def test_issues_a_token_with_entra_id()"));
    // A team's shell may have its real resource and its proxy.
    const theirs = {
      COMMUNICATION_CONNECTION_STRING: "endpoint=https://real.communication.azure.com/;accesskey=aGFsbG8=",
      HTTPS_PROXY: "http://127.0.0.1:9",
    };
    for (const output of await runTwice(
      folder,
      ["/usr/bin/python3", "-m", "pytest", "-q"],
      ["--https"],
      theirs,
    ))
      expect(output).toMatch(/^2 passed/m);
  },
);

it.skipIf(!hasPython)("pytest's own output has the reason of a 401", async () => {
  save("wrong/conftest.py", program("docs/python.md", "python", "Popen"));
  const test = program("docs/python.md", "python", "def test_issues_a_token_with_entra_id()");
  save(
    "wrong/test_identity.py",
    test.replace('_CONNECTION_STRING"]', '_CONNECTION_STRING"].replace("key=", "key=YWFh")'),
  );
  const failed = run("/usr/bin/python3", ["-m", "pytest", "-q"], { cwd: join(folder, "wrong"), env });
  await expect(failed).rejects.toMatchObject({
    stdout: expect.stringContaining("The signature doesn't match"),
  });
});

it.skipIf(!hasPython)("the fixture for pytest says how to install a package that is missing", async () => {
  const [fixture, test] = ["Popen", "def test_issues_a_token_with_entra_id()"].map((part) =>
    program("docs/python.md", "python", part),
  );
  const elsewhere = mkdtempSync(join(tmpdir(), "acs-identity-languages-nothing-"));
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  writeFileSync(join(elsewhere, "conftest.py"), fixture ?? "");
  writeFileSync(join(elsewhere, "test_identity.py"), test ?? "");
  const failed = run("/usr/bin/python3", ["-m", "pytest", "-q"], { cwd: elsewhere, env });
  await expect(failed).rejects.toMatchObject({ stderr: expect.stringContaining(installationHint) });
});

it.skipIf(!hasGo)("go test passes by itself and with the one line (needs Go)", async () => {
  save("go/identity_test.go", program("docs/go.md", "go", "func post("));
  save("go/main_test.go", program("docs/go.md", "go", "func TestMain"));
  // Go's standard library is compiled once for all tests.
  env.GOCACHE = (await run("go", ["env", "GOCACHE"])).stdout.trim();
  await run("go", ["mod", "init", "example.com/identity"], { cwd: join(folder, "go"), env });
  const command = ["go", "test", "-v", "-count=1", "./..."];
  for (const flags of [[], ["--https"]])
    for (const output of await runTwice(join(folder, "go"), command, flags))
      expect(output.match(/^--- PASS: /gm)).toHaveLength(1);
});

it.skipIf(!hasCargo)(
  "cargo test passes by itself and with the one line (needs Debian's cargo and crates)",
  { timeout: 900_000 },
  async () => {
    const [dependencies = ""] = codeBlocks("docs/rust.md", "toml");
    save(
      "rust/Cargo.toml",
      `[package]\nname = "identity"\nversion = "0.1.0"\nedition = "2021"\n\n${dependencies}`,
    );
    save(
      "rust/.cargo/config.toml",
      `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${crates}"\n`,
    );
    save("rust/src/lib.rs", "");
    save("rust/tests/identity.rs", program("docs/rust.md", "rust", "#[test]"));
    save("rust/tests/emulator/mod.rs", program("docs/rust.md", "rust", "LazyLock"));
    env.RUSTC = "/usr/bin/rustc";
    const command = [cargo, "test", "--offline", "--test", "identity"];
    for (const output of await runTwice(join(folder, "rust"), command, []))
      expect(output).toContain("test result: ok. 1 passed");
  },
);

it.skipIf(!hasMaven)(
  "mvn test passes by itself and with the one line, beside pom.xml's own argLine with JaCoCo's agent (needs Debian's Maven)",
  { timeout: 300_000 },
  async () => {
    const maven = new URL("maven/", import.meta.url);
    save("maven/pom.xml", readFileSync(new URL("pom.xml", maven), "utf8"));
    save("maven/src/test/java/Emulator.java", program("docs/java.md", "java", "class Emulator"));
    save("maven/src/test/java/IdentityTest.java", readFileSync(new URL("IdentityTest.java", maven), "utf8"));
    const inFolder = { cwd: join(folder, "maven"), env };
    await run(
      "jar",
      ["--extract", "--file", "/usr/share/java/org.jacoco.agent.jar", "jacocoagent.jar"],
      inFolder,
    );
    const options = ["--offline", "--batch-mode", "-Dmaven.repo.local=/usr/share/maven-repo"];
    const agent = `-DjacocoAgent=${join(folder, "maven/jacocoagent.jar")}`;
    for (const output of await runTwice(join(folder, "maven"), ["mvn", ...options, agent, "test"]))
      expect(output).toMatch(/Tests run: 1, Failures: 0, Errors: 0/);
    // The agent makes it as it starts.
    expect(existsSync(join(folder, "maven/target/jacoco.exec"))).toBe(true);
  },
);

const hasJava = (await exists("javac", "--version")) && (await exists("keytool", "-help"));

it.skipIf(!hasJava)("Emulator.java says which package or variable is missing (needs a JDK)", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "acs-identity-languages-nothing-"));
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  const sources = ["Emulator.java", "Ask.java"].map((name) => join(elsewhere, name));
  writeFileSync(sources[0] ?? "", program("docs/java.md", "java", "class Emulator"));
  const ask = "class Ask { public static void main(String[] names) { Emulator.get(names[0]); } }";
  writeFileSync(sources[1] ?? "", ask);
  await run("javac", ["-d", elsewhere, ...sources]);
  const asked = (cwd: string) =>
    run("java", ["-cp", elsewhere, "Ask", "COMMUNICATION_ACCESS_KEY"], { cwd, env });
  await expect(asked(elsewhere)).rejects.toMatchObject({ stderr: expect.stringContaining(installationHint) });
  const unknown = "IllegalArgumentException: COMMUNICATION_ACCESS_KEY";
  await expect(asked(folder)).rejects.toMatchObject({ stderr: expect.stringContaining(unknown) });
});

it.skipIf(!hasJava)("the trust store of docs/java.md does without the line's (needs a JDK)", async () => {
  const client = new URL("clients/Client.java", import.meta.url).pathname;
  const block = program("docs/java.md", "sh", "keytool").replace("…", `"${client}"`);
  save("store.sh", `export SECOND_URL=$COMMUNICATION_ENDPOINT THIRD_URL=$COMMUNICATION_ENDPOINT\n${block}`);
  const withoutTheirs = ["env", "--unset=JAVA_TOOL_OPTIONS", "sh", "-e", "store.sh"];
  const around = ["--no-install", "acs-identity", "emulator", "--https", "--", ...withoutTheirs];
  const { stdout } = await run("npx", around, { cwd: folder, env });
  expect(stdout).toMatch(/^201$/m);
});

const hasCurl = await exists("curl", "--version");

it.skipIf(!hasCurl)(
  "the script of docs/otherLanguages.md creates a user under the command (needs curl)",
  async () => {
    const scripts = codeBlocks("docs/otherLanguages.md", "sh").filter((block) =>
      block.includes("client_credentials"),
    );
    save("test.sh", scripts.join());
    const underEmulator = ["--no-install", "acs-identity", "emulator", "--https", "--"];
    const { stdout } = await run("npx", [...underEmulator, "sh", "test.sh"], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ identity: { id: expect.stringMatching(/^8:acs:/) } });
    save("refused.sh", `AZURE_CLIENT_SECRET=another\n${scripts.join()}`);
    const refused = run("npx", [...underEmulator, "sh", "refused.sh"], { cwd: folder, env });
    await expect(refused).rejects.toMatchObject({ code: 22, stdout: expect.stringContaining("Denied") });
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
    const { services } = parse(program("docs/otherLanguages.md", "yaml", "services:")) as {
      services: Record<"emulator" | "tests", Service>;
    };
    const { emulator, tests } = services;
    save("test_containers.py", program("docs/otherLanguages.md", "python", "EnvironmentCredential"));
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
