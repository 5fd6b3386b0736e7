// Does what README.md and docs/entra.md tell a new user to do, in an empty folder, line by line.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readText } from "../helpers/documents.js";
import { packed } from "../helpers/packed.js";
import { readSteps, teamsSteps } from "./firstSteps.js";

/** The emulator takes any free port, and its certificate goes into a home of its own. npm needn't ask the registry. */
const inherited = Object.entries(process.env).filter(
  ([name]) => !/^(?:AZURE_|COMMUNICATION_|ACS_|NODE_|npm_|(?:HTTPS?|ALL|NO)_PROXY$)/i.test(name),
);
const environment = {
  ...Object.fromEntries(inherited),
  ACS_EMULATOR_PORT: "0",
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_update_notifier: "false",
};

/** Runs lines of a shell and returns what they print. Rejects if one fails. */
async function sh(lines: readonly string[], cwd: string): Promise<string> {
  const args = ["-e", "-c", lines.join("\n")];
  return (await promisify(execFile)("sh", args, { cwd, env: environment })).stdout;
}

/** Starts the emulator, and returns what it printed until it was ready. */
async function startEmulator(line: string, cwd: string, isReady: RegExp) {
  const env = { ...environment, HOME: cwd };
  // A group of its own, since npx starts the emulator as a child that a signal to npx doesn't reach.
  const child = spawn("sh", ["-c", line], { cwd, env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  while (!isReady.test(out)) {
    if (child.exitCode !== null) throw new Error(`The emulator ended with ${child.exitCode}`);
    await once(child.stdout, "data");
  }
  return {
    lines: out.split("\n"),
    close: async () => {
      if (child.pid) process.kill(-child.pid);
      await once(child, "close");
    },
  };
}

/** Follows a page up to the running emulator. */
async function follow(page: string, isReady: RegExp) {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-first-steps-"));
  const { lines, files, commands } = readSteps(page);
  const tarball = await packed();
  copyFileSync(tarball, join(folder, basename(tarball)));
  // Once it's on npm, the page names the package instead of its file.
  const install = (line: string) =>
    line.replace(/^npm install acs-identity\b/, `npm install ./${basename(tarball)}`);
  await sh(lines.slice(0, -1).map(install), folder);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  const emulator = await startEmulator(lines.at(-1) ?? "", folder, isReady);
  return {
    folder,
    commands,
    printed: emulator.lines,
    /** Returns the line that sets a variable. */
    assignmentOf: (name: string) => emulator.lines.find((line) => line.startsWith(`export ${name}='`)) ?? "",
    close: async () => {
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Followed = Awaited<ReturnType<typeof follow>>;

describe.skipIf(process.platform === "win32")("the first steps of README.md (written for sh)", () => {
  let steps: Followed;
  beforeAll(async () => {
    steps = await follow("README.md", /^export COMMUNICATION/m);
  });
  afterAll(() => steps.close());

  it("create a user and a token at the emulator", async () => {
    const { assignmentOf, commands, folder } = steps;
    const [command = ""] = commands;
    expect(await sh([assignmentOf("COMMUNICATION_CONNECTION_STRING"), command], folder)).toMatch(
      /^8:acs:\S+ \d{4}-\d\d-\d\dT\S+Z\n$/,
    );
  });

  it("lead on to those of docs/teams.md, which get three tokens", async () => {
    const { assignmentOf, folder } = steps;
    const { files, commands } = teamsSteps();
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    const out = await sh([assignmentOf("COMMUNICATION_CONNECTION_STRING"), ...commands], folder);
    expect(out).toMatch(
      /^Teams user, until .+\nTeams Phone extensibility, until .+\nEntra user, until .+\n$/,
    );
  });

  it("run a test with the fake", async () => {
    const { commands, folder } = steps;
    expect(commands).toHaveLength(2);
    expect(await sh(commands.slice(1), folder)).toMatch(
      /a revoked token is worthless[\s\S]*(?:#|ℹ) pass 1\n/,
    );
  });
});

describe.skipIf(process.platform === "win32")("the first steps of docs/entra.md (written for sh)", () => {
  let steps: Followed;
  beforeAll(async () => {
    steps = await follow("docs/entra.md", /^# NODE_EXTRA_CA_CERTS/m);
  });
  afterAll(() => steps.close());

  it("sign in with the lines that the emulator prints, which are those of the page", async () => {
    const { assignmentOf, commands, folder, printed } = steps;
    const settings = printed.filter((line) => /^(?:AZURE_|COMMUNICATION_|#)/.test(line));
    const port = /:(\d+)$/.exec(settings.find((line) => /^COMMUNICATION_ENDPOINT/.test(line)) ?? "")?.[1];
    const [, shown = ""] = /```sh\n(AZURE_.*?)```/s.exec(readText("docs/entra.md")) ?? [];
    expect(
      shown
        .trim()
        .split("\n")
        .map((line) => line.replace(/ +#.*/, "")),
    ).toEqual(settings.slice(0, -1).map((line) => line.replace(`:${port}`, ":7311")));
    writeFileSync(join(folder, ".env"), settings.join("\n"));
    expect(await sh([assignmentOf("NODE_EXTRA_CA_CERTS"), ...commands], folder)).toMatch(
      /^\{\s+communicationUserId: '8:acs:/,
    );
  });

  it("take consent and a role away with the lines for curl", async () => {
    const { assignmentOf, folder, printed } = steps;
    const url = printed.find((line) => line.startsWith("Ready on "))?.slice("Ready on ".length) ?? "";
    const lines = readText("docs/entra.md").match(/^curl .+$/gm) ?? [];
    expect(lines).toHaveLength(3);
    const answers: unknown[] = [];
    for (const line of lines) {
      const command = line.replace("https://127.0.0.1:7311", url);
      answers.push(JSON.parse(await sh([assignmentOf("NODE_EXTRA_CA_CERTS"), command], folder)));
    }
    expect(answers).toMatchObject([
      { hasRole: false },
      { hasRole: false, permissions: [] },
      { hasRole: false },
    ]);
  });
});
