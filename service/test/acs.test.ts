import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { expect, it, onTestFinished, vi } from "vitest";
import { createAcs, createCredential } from "../src/acs.js";
import type { Limits } from "../src/limits.js";
import { readSettings, type Settings } from "../src/settings.js";
import { start } from "./inProcess.js";
import { measurements } from "./measurements.js";

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
  await acs.check();
  service.regenerateKey("primary");
  await create("2");
  await acs.client.getToken({ communicationUserId }, ["chat"]);
  expect(service.requests.map(({ status }) => status)).toEqual([201, 400, 201, 200]);

  service.regenerateKey("secondary");
  await expect(create("3")).rejects.toMatchObject({ code: "Denied" });
});

it.each<[string, (emulator: Emulator) => void, object | undefined]>([
  ["accepts the key", () => {}, undefined],
  ["is throttling", ({ service }) => service.failNext({ status: 429 }), undefined],
  ["refuses the key", ({ service }) => service.regenerateKey("primary"), { statusCode: 401, code: "Denied" }],
  ["has an outage", ({ service }) => service.failNext({ status: 503 }), { statusCode: 503 }],
])("a check of ACS that %s changes nothing, and counts against no limit", async (_, change, failure) => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const { url, connectionString, service } = emulator;
  change(emulator);
  const settings = {
    communicationEndpoint: url,
    communicationConnectionString: connectionString,
  } as Settings;
  const takeForAcs = vi.fn();
  const { check } = createAcs(settings, createCredential(), { takeForAcs } as unknown as Limits);
  const failed = await check().catch((error: unknown) => error);
  if (failure) expect(failed).toMatchObject(failure);
  else expect(failed).toBeUndefined();
  expect(service.requests).toHaveLength(1);
  expect(service.users).toEqual([]);
  expect(takeForAcs).not.toHaveBeenCalled();
});

it("a check of ACS asks Entra for a token if there is no access key", async () => {
  const getToken = vi.fn().mockRejectedValue(new Error("refused"));
  const settings = { communicationEndpoint: "https://contoso.communication.azure.com" } as Settings;
  const { check } = createAcs(settings, { getToken }, {} as Limits);
  await expect(check()).rejects.toThrow("refused");
  expect(getToken.mock.calls[0]).toEqual([["https://communication.azure.com//.default"], expect.anything()]);
});

it("a failure of ACS is retried twice, except for a creation, before the caller gets a 503 with Retry-After", async () => {
  const service = await start();
  onTestFinished(() => service.stop());
  const { failNext } = service.emulator.service;
  const alice = await service.signIn("alice");
  failNext({ operation: "getToken", status: 503, times: 2 });
  expect((await service.call("POST", "/token", alice)).status).toBe(200);
  failNext({ operation: "getToken", status: 429, retryAfterInSeconds: 17 });
  const { body, headers } = await service.call("POST", "/token", alice);
  expect(body).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" });
  expect(headers.get("Retry-After")).toBe("17");
  failNext({ operation: "createUser", status: 503 });
  expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(503);
  const creations = service.emulator.service.requests.filter(({ operation }) => operation === "createUser");
  expect(creations).toHaveLength(2);
  expect(service.log.filter(({ alarm }) => alarm !== undefined)).toEqual([]);
  expect(measurements).toContain('token_service.failures 1 {"code":"unavailable","status":503}');
});
