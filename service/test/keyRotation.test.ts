import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "acs-identity/emulator";
import { expect, it, onTestFinished, vi } from "vitest";
import { createAcs, createCredential } from "../src/acs.js";
import type { Limits } from "../src/limits.js";
import { readSettings, type Settings } from "../src/settings.js";

it("a new access key in the file of the connection string reaches all clients without a restart or a failed call", async () => {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "token-service-"));
  onTestFinished(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });
  const { url, connectionString, service } = emulator;
  const connectionStringFile = join(folder, "connectionString");
  writeFileSync(connectionStringFile, connectionString);
  const settings = readSettings({
    COMMUNICATION_CONNECTION_STRING_FILE: connectionStringFile,
    TOKEN_ISSUER: url,
    TOKEN_AUDIENCE: "tokens",
    TOKEN_JWKS_URL: url,
    SCOPE_POLICY: '[{"scopes":["voip"]}]',
    DATABASE_URL: "postgres://localhost/unused",
  });
  const acs = createAcs(settings, createCredential(), { takeForAcs: async () => {} } as unknown as Limits);
  const create = (id: string) => acs.createUser(id, AbortSignal.timeout(10_000));
  const communicationUserId = await create("1");

  writeFileSync(connectionStringFile, `${emulator.secondaryConnectionString}\n`);
  await acs.checkCredential();
  service.regenerateKey("primary");
  await create("2");
  await acs.client.getToken({ communicationUserId }, ["chat"]);
  expect(service.requests.map(({ status }) => status)).toEqual([201, 201, 200]);

  service.regenerateKey("secondary");
  await expect(create("3")).rejects.toMatchObject({ code: "Denied" });
});

it("a check of the credential asks for a token for ACS if there is no access key", async () => {
  const getToken = vi.fn().mockRejectedValue(new Error("refused"));
  const settings = { communicationEndpoint: "https://contoso.communication.azure.com" } as Settings;
  const { checkCredential } = createAcs(settings, { getToken }, {} as Limits);
  await expect(checkCredential()).rejects.toThrow("refused");
  expect(getToken.mock.calls).toEqual([["https://communication.azure.com//.default"]]);
});
