// The lines of the pages, pasted into what the generators of frameworks make today. Each starter is installed without a
// lockfile, as whoever begins with it would.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { hasChromium, launchChromium } from "../helpers/browser/chromium.js";
import { run } from "../helpers/command.js";
import { freePort } from "../helpers/freePort.js";
import { pack, root, temporaryFolder } from "../helpers/packed.js";
import { requireTools } from "../helpers/tools.js";
import { tokensFile, tokensPathOf } from "./pages.js";
import { starters } from "./starters.js";

let env: Record<string, string>;
let packed: string;
let tarball: string;

beforeAll(async () => {
  const require = await requireTools(new URL("./", import.meta.url));
  const packages = join(dirname(require.resolve("./package.json")), "node_modules");
  const path = [join(packages, "node-24/bin"), join(packages, ".bin"), process.env.PATH];
  // Vitest's own, which frameworks would take for theirs.
  vi.stubEnv("NODE_ENV", undefined);
  // Whatever a generator or a build would tell its makers.
  const silent = { CI: "1", NEXT_TELEMETRY_DISABLED: "1", NG_CLI_ANALYTICS: "false", DO_NOT_TRACK: "1" };
  env = { ...silent, PATH: path.join(delimiter) };
  packed = await temporaryFolder("starters");
  tarball = await pack(root, packed);
});

afterAll(() => rm(packed, { recursive: true, force: true }));

/** Starts a starter with the emulator's connection string, and returns its origin once it responds. */
async function start(command: string, cwd: string, connectionString: string): Promise<string> {
  const PORT = String(await freePort());
  const variables = {
    ...env,
    PORT,
    COMMUNICATION_CONNECTION_STRING: connectionString,
  };
  const child = spawn("sh", ["-c", command], {
    cwd,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it starts ends with it.
    detached: true,
  });
  const ended = once(child, "exit");
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  onTestFinished(async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
    await ended;
  });
  const origin = `http://localhost:${PORT}`;
  for (;;) {
    if (child.exitCode !== null) return expect.fail((await output).join("\n"));
    if (await fetch(origin).catch(() => undefined)) return origin;
    await setTimeout(200);
  }
}

describe.each(Object.entries(starters))("%s", (_, starter) => {
  const { project, packages = [], server, paste, checks, endpoint, page } = starter;
  let folder: string;
  let app: string;

  beforeAll(async () => {
    folder = await temporaryFolder("starter");
    app = join(folder, "app");
    if (typeof project === "string") await run("sh", ["-c", project], { cwd: folder, env });
    const write = async (path: string, content: string) => {
      await mkdir(dirname(join(app, path)), { recursive: true });
      await writeFile(join(app, path), content);
    };
    if (typeof project !== "string") {
      for (const [path, content] of Object.entries(project)) await write(path, content);
    }
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    await run("npm", ["install", ...quiet, tarball, ...packages], { cwd: app, env });
    if (server) {
      await write(tokensPathOf(server), tokensFile);
      await write(server.path, server.code);
    }
    for (const [path, edit] of Object.entries(paste)) {
      await write(path, edit(await readFile(join(app, path), "utf8").catch(() => "")));
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(checks)("passes its own %s", async (command) => {
    await run("sh", ["-c", command], { cwd: app, env });
  });

  it.runIf(endpoint)("answers 401, 200, a regenerated key by 500, and a lost service by 503", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const origin = await start(starter.start, app, emulator.connectionString);
    const post = (headers: Record<string, string>) =>
      fetch(`${origin}${endpoint}`, { method: "POST", headers });
    const ask = (Cookie: string) => post({ Cookie, Origin: origin });

    expect((await post({})).status).toBe(starter.withoutOrigin ?? 401);
    if (starter.withoutOrigin) expect((await post({ "Content-Type": "application/json" })).status).toBe(401);
    const refused = await ask("");
    expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    const response = await ask("theme=dark; session=of-alice; a=b");
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    const { token, user } = await response.json();
    const claims = { valid: true, userId: user.communicationUserId };
    expect(await emulator.service.inspectToken(token)).toMatchObject(claims);
    await emulator.service.regenerateKey("primary");
    expect((await ask("theme=dark; session=of-alice; a=b")).status).toBe(500);
    await emulator.close();
    const lost = await ask("theme=dark; session=of-alice; a=b");
    expect([lost.status, lost.headers.get("Retry-After")]).toEqual([503, "5"]);
  });

  it.runIf(page && hasChromium())("gets a token in Chromium, and renews it", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const origin = await start(starter.start, app, emulator.connectionString);
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const context = await browser.newContext();
    await context.addCookies([{ name: "session", value: "of-alice", url: origin }]);
    if (!endpoint) {
      const client = new CommunicationIdentityClient(emulator.connectionString);
      await context.route("**/token", async (route) => {
        await route.fulfill({ json: await client.createUserAndToken(["voip"]) });
      });
    }
    const tab = await context.newPage();
    await tab.clock.install();
    await tab.goto(origin);
    const shown = async () => (await tab.locator("output").textContent()) ?? "";
    const isValid = async (token: string) => (await emulator.service.inspectToken(token)).valid;
    await expect.poll(async () => isValid(await shown())).toBe(true);
    const first = await shown();
    const pass = async (minutes: number) => {
      emulator.service.clock.advance({ minutes });
      await tab.clock.fastForward(minutes * 60_000);
    };
    // The refresher renews 12 minutes or more before the end of a day, and Azure's credential asks it 10 minutes before.
    const renewed = tab.waitForResponse("**/token");
    await pass(24 * 60 - 11);
    await (await renewed).finished();
    await pass(3);
    await expect.poll(async () => (await shown()) !== first && isValid(await shown())).toBe(true);
  });
});
