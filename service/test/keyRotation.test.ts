import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "acs-identity/emulator";
import { expect, it, onTestFinished } from "vitest";
import { createAcsClients, createCredential } from "../src/acs.js";

it("a new access key in the file of the connection string reaches all clients without a restart or a failed call", async () => {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "token-service-"));
  onTestFinished(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });
  const { url: endpoint, connectionString, service } = emulator;
  const connectionStringFile = join(folder, "connectionString");
  const settings = {
    endpoint,
    connectionString,
    connectionStringFile,
    shareOfLimits: 1,
    reconcileAfterInSeconds: 1,
  };
  const clients = createAcsClients(settings, createCredential(), { takeForAcs: async () => {} });
  const user = await clients.for("createUser").createUser();

  writeFileSync(connectionStringFile, `${emulator.secondaryConnectionString}\n`);
  await clients.checkCredential();
  service.regenerateKey("primary");
  await clients.for("createUser").createUser();
  await clients.for("getToken").getToken(user, ["chat"]);
  expect(service.requests.map(({ status }) => status)).toEqual([201, 201, 200]);

  service.regenerateKey("secondary");
  await expect(clients.for("createUser").createUser()).rejects.toMatchObject({ code: "Denied" });
});
