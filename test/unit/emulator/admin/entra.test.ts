import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { send } from "../http.js";

it("the admin API returns the sign-in settings", async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const { url, service } = emulator;
  const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
  expect(authorityHost).toBe(url);
  const entra = { authorityHost, tenantId, clientId, clientSecret };
  expect((await send(url, "GET", "/_emulator/info")).json.entra).toEqual(entra);
  const { json } = await send(url, "GET", "/_emulator/entra");
  expect(json).toMatchObject({ ...entra, users: [{ name: "Alice" }, { name: "Bob" }] });
  expect(json.environment).toEqual([
    `AZURE_TENANT_ID=${tenantId}`,
    `AZURE_CLIENT_ID=${clientId}`,
    `AZURE_CLIENT_SECRET=${clientSecret}`,
    `AZURE_AUTHORITY_HOST=${url}`,
    `COMMUNICATION_ENDPOINT=${url}`,
  ]);
});
