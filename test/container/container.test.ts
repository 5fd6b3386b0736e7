import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { CommunicationIdentityClient, parseConnectionString } from "../../src/index.js";
import { run } from "../helpers/command.js";
import { freePort } from "../helpers/freePort.js";
import { packed, root } from "../helpers/packed.js";
import { buildTimeLimit, whyNoImage } from "./baseImage.js";
import { type Container, createVolume, exitCodeOf, start } from "./container.js";
import { buildImage, type Image } from "./image.js";

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const compose = parse(await readFile(join(root, "tools/image/compose.yaml"), "utf8")) as {
  readonly services: { readonly emulator: Service; readonly app: Service };
};
const { emulator: emulatorService, app: appService } = compose.services;
const connectionString = appService.environment.COMMUNICATION_CONNECTION_STRING ?? "";
const { credential } = parseConnectionString(connectionString);

const reason = await whyNoImage();

if (reason) {
  it.skip(`The image is built and run (${reason})`, () => {});
} else {
  describe("the image", () => {
    let image: Image;
    let folder: string;
    let container: Container;
    let port: number;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "acs-identity-container-"));
      image = await buildImage("tools/image/Dockerfile");
      port = await freePort();
      const fileSystem = await image.fileSystem();
      const volume = join(folder, "volume");
      await createVolume(fileSystem, volume);
      const environment = { ...emulatorService.environment, ACS_EMULATOR_PORT: String(port) };
      container = { root: fileSystem, config: image.config, volume, environment };
    }, buildTimeLimit);

    afterAll(async () => {
      await image?.remove();
      await rm(folder, { recursive: true, force: true });
    });

    const healthCheck = () => exitCodeOf(container, image.config.Healthcheck.Test.slice(1));
    const client = () =>
      new CommunicationIdentityClient(`http://127.0.0.1:${port}`, credential, {
        retryOptions: { maxRetries: 0 },
      });

    async function startHealthy(of = container) {
      const running = start(of);
      onTestFinished(async () => void (await running.kill("SIGKILL")));
      await expect.poll(healthCheck).toBe(0);
      return running;
    }

    it("listens on the port that it exposes and that compose.yaml publishes", () => {
      expect(Object.keys(image.config.ExposedPorts)).toEqual(["7311/tcp"]);
      expect(image.config.Env).toContain("ACS_EMULATOR_PORT=7311");
      expect(emulatorService.ports).toEqual(["127.0.0.1:7311:7311"]);
      expect(connectionString).toContain("endpoint=http://emulator:7311/;");
      expect(Object.keys(image.config.Volumes)).toEqual(["/data"]);
      expect(emulatorService.volumes).toEqual(["state:/data"]);
      expect(image.config.Healthcheck.Test[0]).toBe("CMD");
    });

    it("contains the package and its dependencies, but no build tools", async () => {
      const places = ["acs-identity/package.json", "@azure/core-rest-pipeline"];
      for (const place of places) await stat(join(container.root, "app/node_modules", place));
      await expect(stat(join(container.root, "app/node_modules/rolldown"))).rejects.toThrow("ENOENT");
      await expect(stat(join(container.root, "build"))).rejects.toThrow("ENOENT");
    });

    it("contains the same bytes as a package that is built from the same files elsewhere and at another time", async () => {
      const here = join(folder, "package");
      await mkdir(here);
      await run("tar", ["-xzf", await packed(), "--strip-components=1", "-C", here], { cwd: folder });
      const there = join(container.root, "app/node_modules/acs-identity");
      const compare = ["--recursive", "--brief", here, there];
      expect(await run("diff", compare, { cwd: folder, mayFail: true })).toBe("");
    });

    it("runs as a user other than root, and is healthy only while it runs", async () => {
      expect(await healthCheck()).toBe(1);
      const running = await startHealthy();
      expect(await running.status()).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
      expect(await running.status()).toMatch(/^NSpid:\t\d+\t1$/m);
      expect(await running.kill("SIGTERM")).toBe(0);
      expect(await healthCheck()).toBe(1);
    });

    it("issues tokens to clients outside, and keeps its users for a new container with the same volume", async () => {
      const running = await startHealthy();
      const { user, token } = await client().createUserAndToken(["voip"]);
      expect(token.split(".")).toHaveLength(3);
      // What docs/containers.md says for a test on the host, as with Testcontainers.
      const page = await readFile(join(root, "docs/containers.md"), "utf8");
      const [, ofHost = ""] = /`(endpoint=\S+<mapped port>\S+)`/.exec(page) ?? [];
      const [, key = ""] = /The key is\s+`(\S+)`/.exec(page) ?? [];
      const environment = {
        COMMUNICATION_CONNECTION_STRING: ofHost.replace("<mapped port>", String(port)).replace("<key>", key),
      };
      expect(await exitCodeOf({ ...container, environment }, ["acs-identity", "doctor"])).toBe(0);
      // Simulates a power failure.
      await running.kill("SIGKILL");
      const next = await startHealthy({ ...container, root: await image.fileSystem() });
      expect((await client().getToken(user, ["chat"])).token).not.toBe(token);
      expect(await next.kill("SIGTERM")).toBe(0);
    });

    it("forgets its users without the volume", async () => {
      const running = await startHealthy();
      const user = await client().createUser();
      await running.kill("SIGTERM");
      const volume = join(folder, "another volume");
      await createVolume(container.root, volume);
      const next = await startHealthy({ ...container, volume });
      await expect(client().getToken(user, ["chat"])).rejects.toMatchObject({ statusCode: 401 });
      await next.kill("SIGTERM");
    });

    it("issues tokens to the app of compose.yaml, which uses the name of the service", async () => {
      const running = await startHealthy();
      const fileSystem = await image.fileSystem();
      // Does what compose does with the network, the volume and the variables.
      await appendFile(join(fileSystem, "etc/hosts"), "127.0.0.1 localhost emulator\n");
      expect(appService.volumes).toEqual(["./app.mjs:/app/app.mjs:ro"]);
      await copyFile(join(root, "tools/image/app.mjs"), join(fileSystem, "app/app.mjs"));
      const appPort = await freePort();
      const environment = {
        COMMUNICATION_CONNECTION_STRING: connectionString.replace(":7311/", `:${port}/`),
        PORT: String(appPort),
      };
      expect(Object.keys(environment)).toEqual(Object.keys(appService.environment));
      const app = start({ ...container, root: fileSystem, environment }, appService.entrypoint);
      onTestFinished(async () => void (await app.kill("SIGKILL")));
      await expect.poll(app.output).toContain(`:${appPort}/token`);
      const response = await fetch(`http://127.0.0.1:${appPort}/token`, { method: "POST" });
      expect(await response.json()).toMatchObject({
        userId: expect.stringMatching(/^8:acs:/),
        token: expect.stringMatching(/^ey/),
      });
      expect(await app.kill("SIGTERM")).toBe(0);
      expect(await running.kill("SIGTERM")).toBe(0);
    });
  });
}
