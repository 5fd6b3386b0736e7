import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toolsOf } from "../package/tools.js";
import { send } from "./http.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
const program = join(folder, "cli.mjs");

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "the command (runtimes packaged for Linux x64)",
  () => {
    let require: NodeJS.Require;
    beforeAll(async () => {
      require = await toolsOf(new URL("../runtimes/", import.meta.url));
      await build({
        entryPoints: [new URL("../../src/emulator/cli.ts", import.meta.url).pathname],
        outfile: program,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        external: ["esbuild", "@azure/core-rest-pipeline"],
        logLevel: "error",
      });
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each([
      ["Bun", "@oven/bun-linux-x64/bin/bun", [program]],
      ["Deno", "@deno/linux-x64-glibc/deno", ["run", "--allow-all", program]],
      ["Node 22", "node-22/bin/node", [program]],
      ["Node 26", "node-26/bin/node", [program]],
    ])(
      "runs on %s, keeps a data file, and stops on SIGTERM",
      { timeout: 60_000 },
      async (name, binary, args) => {
        const data = join(folder, `data-${name}`);
        const child = spawn(require.resolve(binary), [...args, "--port", "0", "--json", "--data", data], {
          stdio: ["ignore", "pipe", "pipe"],
        });
        let err = "";
        child.stderr.on("data", (chunk) => {
          err += chunk;
        });
        const ended = once(child, "close");
        const [line] = await Promise.race([
          once(child.stdout, "data"),
          ended.then(() => Promise.reject(new Error(err))),
        ]);
        const { url, connectionString } = JSON.parse(String(line));
        const client = new CommunicationIdentityClient(connectionString, { allowInsecureConnection: true });
        const { user, token } = await client.createUserAndToken(["chat"]);
        await client.revokeTokens(user);
        const inspected = await send(url, "POST", "/_emulator/tokens:inspect", { body: { token } });
        expect(inspected.json).toMatchObject({ problem: "revoked" });
        await expect(client.getToken({ communicationUserId: "8:acs:a b/c" }, ["chat"])).rejects.toMatchObject(
          {
            code: "IdentityNotOwned",
          },
        );
        const refused = await send(url, "POST", "/identities?api-version=2023-10-01");
        expect([refused.status, refused.headers["transfer-encoding"]]).toEqual([401, "chunked"]);
        child.kill("SIGTERM");
        expect((await ended)[0]).toBe(0);
      },
    );
  },
);
