import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { afterAll, describe, expect, inject, it } from "vitest";
import { send } from "../helpers/emulator/http.js";
import { binaries, binaryAt } from "./binaries.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-command-"));
const packageFile = join(inject("installation"), "../node_modules/acs-identity/package.json");
const { bin } = createRequire(packageFile)(packageFile) as { bin: Record<string, string> };
const program = join(packageFile, "..", bin["acs-identity-emulator"] ?? "");

describe("the command acs-identity-emulator", () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const [name, module] of Object.entries(binaries)) {
    const flags = name === "Deno" ? ["run", "--allow-all"] : [];

    it(`runs on ${name} with a data file, and stops on SIGTERM`, async ({ skip }) => {
      const binary = await binaryAt(module);
      if (!binary) return skip("npm has no binary for this machine");
      const data = join(folder, name);
      const child = spawn(binary, [...flags, program, "--port", "0", "--json", "--data", data], {
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
      const stranger = { communicationUserId: "8:acs:a b/c" };
      await expect(client.getToken(stranger, ["chat"])).rejects.toMatchObject({ code: "IdentityNotOwned" });
      const refused = await send(url, "POST", "/identities?api-version=2023-10-01");
      expect([refused.status, refused.headers["transfer-encoding"]]).toEqual([401, "chunked"]);
      child.kill("SIGTERM");
      expect((await ended)[0]).toBe(0);
    });
  }
});
