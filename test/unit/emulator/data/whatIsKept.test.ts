import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { findSection } from "../../../helpers/documents.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { makeUser } from "../../testing/ask.js";

const page = findSection("docs/emulator.md", "The data file").replaceAll(/\s+/g, " ");

async function start(data: string): Promise<Emulator> {
  const emulator = await startEmulator({ data });
  onTestFinished(() => emulator.close());
  return emulator;
}

it("a restart doesn't bring back faults, requests, the clock and sign-ins, as the page says", async () => {
  const data = join(temporaryFolder(), "state");
  const { service, url, close } = await start(data);
  const id = await makeUser(service);
  const { tenantId, clientId } = service.entra;
  service.failNext({ status: 500 });
  service.clock.advance({ hours: 1 });
  const scope = "https://communication.azure.com/.default offline_access";
  const signIn = async (at: string, path: string, body: Record<string, string>) =>
    (
      await fetch(`${at}/${tenantId}/oauth2/v2.0/${path}`, {
        method: "POST",
        body: new URLSearchParams(body),
      })
    ).json();
  const { device_code } = await signIn(url, "devicecode", { client_id: clientId, scope });
  const redeem = (at: string) =>
    signIn(at, "token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      client_id: clientId,
      device_code,
    });
  expect(await redeem(url)).toMatchObject({ error: "authorization_pending" });
  await close();

  const restarted = await start(data);
  expect(restarted.service.users).toMatchObject([{ id }]);
  expect(Math.abs(restarted.service.clock.now().getTime() - Date.now())).toBeLessThan(600_000);
  expect(restarted.service.requests).toEqual([]);
  const { faults } = await (await fetch(`${restarted.url}/_emulator/faults`)).json();
  expect(faults).toEqual([]);
  expect(await redeem(restarted.url)).not.toMatchObject({ error: "authorization_pending" });
  expect(page).toContain("It doesn't keep sign-ins in progress");
  expect(page).toContain("faults, logged requests and the clock");
});

it("a change by the program shows in its properties once it is saved, as the page says", async () => {
  const { service, connectionString, url } = await start(join(temporaryFolder(), "state"));
  service.regenerateKey("primary");
  expect(service.connectionString).toBe(connectionString);
  await fetch(`${url}/_emulator/info`);
  expect(service.connectionString).not.toBe(connectionString);
  expect(page).toContain(
    "such as `regenerateKey` and `reset`, are queued: its properties have them once they are saved",
  );
});
