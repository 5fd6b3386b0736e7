import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildTimeLimit, whyNoImage } from "../container/baseImage.js";
import { type Container, exitCodeOf, type Running, start } from "../container/container.js";
import { buildImage, type Image } from "../container/image.js";
import { freePort } from "../helpers/freePort.js";

const reason = await whyNoImage();
const port = await freePort();
const settings = {
  COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com",
  TOKEN_ISSUER: "https://login.contoso.com",
  TOKEN_AUDIENCE: "tokens",
  TOKEN_JWKS_URL: "https://login.contoso.com/keys",
  SCOPE_POLICY: '[{"scopes":["voip"]}]',
  // Nothing listens there.
  DATABASE_URL: "postgres://tokens@127.0.0.1:9/tokens",
  HOST: "127.0.0.1",
  PORT: String(port),
  DRAIN_SECONDS: "0",
};
/** Fits tini's status in /proc once it passes on SIGTERM: right before, it ignores SIGTTIN and SIGTTOU, bits 20 and 21. */
const takesSigterm = /^Name:\ttini\n[\s\S]*^SigIgn:\t\w{10}[37bf]\w{5}$/m;

describe.skipIf(reason)(`the image of the token service${reason ? ` (${reason})` : ""}`, () => {
  let image: Image;
  let volume: string;
  let container: Container;
  beforeAll(async () => {
    volume = await mkdtemp(join(tmpdir(), "token-service-image-"));
    image = await buildImage("service/Dockerfile");
    const root = await image.fileSystem();
    await mkdir(join(root, "data"));
    container = { root, config: image.config, volume, environment: settings };
  }, buildTimeLimit);
  afterAll(async () => {
    await image?.remove();
    await rm(volume, { recursive: true });
  });

  /** Starts a command as a container engine does: the image's own, or another one in its place. */
  function startCommand(
    command = image.config.Cmd,
    environment: Container["environment"] = settings,
  ): Running {
    const running = start({ ...container, environment }, [...image.config.Entrypoint, ...command]);
    onTestFinished(async () => void (await running.kill("SIGKILL")));
    return running;
  }

  it("contains the service and its dependencies, but no development code", async () => {
    const folder = join(container.root, "app/service");
    for (const place of ["dist/main.js", "dist/migrate.js", "node_modules/pg"])
      await stat(join(folder, place));
    for (const place of ["dist/dev.js", "node_modules/@electric-sql/pglite", "node_modules/vitest", "src"]) {
      await expect(stat(join(folder, place)), place).rejects.toThrow("ENOENT");
    }
    await expect(stat(join(container.root, "app/node_modules/rolldown"))).rejects.toThrow("ENOENT");
  });

  it("runs as a user other than root, waits for its database, and stops with 0", async () => {
    const running = startCommand();
    await expect.poll(running.output).toContain("Waiting for the database");
    expect(await running.status()).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(await ready.json()).toMatchObject({ status: 503, code: "starting" });
    expect(await exitCodeOf(container, image.config.Healthcheck.Test.slice(1)), "healthy").toBe(0);
    expect(await running.kill("SIGTERM")).toBe(0);
  });

  it("ends with 0 on SIGTERM at any moment of its start", async () => {
    // For about 50 ms Node runs none of the service's code.
    for (const milliseconds of [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 75, 100, 200, 400, 700, 1_000]) {
      const running = startCommand();
      await expect.poll(running.status, { interval: 1 }).toMatch(takesSigterm);
      await sleep(milliseconds);
      expect(await running.kill("SIGTERM"), `after ${milliseconds} ms`).toBe(0);
    }
  });

  it("keeps the exit codes of its other programs, and of one that was killed before it finished", async () => {
    const codeOf = (...command: string[]) => startCommand(["node", ...command]).ended;
    expect(await codeOf("dist/migrate.js"), "no database").toBe(2);
    for (const code of [0, 2, 3]) expect(await codeOf("--eval", `process.exit(${code})`)).toBe(code);
    expect(await codeOf("--eval", "process.kill(process.pid)")).toBe(143);
  });

  it("says which settings are missing", async () => {
    const running = startCommand(image.config.Cmd, {});
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain("- TOKEN_ISSUER is missing");
  });
});
