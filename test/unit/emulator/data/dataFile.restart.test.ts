// What a start finds in the data file that was there before it ended.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { ask, makeUser } from "../../../helpers/testing/ask.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

/** It starts an emulator after each change. */
const slow = { timeout: slowUnitTimeLimit };
const guid = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const [tenantId, clientId] = [guid.replace("2b", "4d"), guid];

/** Routes of the admin API that don't change what the file keeps. */
const others = [
  "/clock",
  "/faults",
  "/faults/{number}",
  "/requests",
  "/tokens:inspect",
  "/teamsUserTokens",
  "/entraTokens",
];

type Change = readonly [method: string, path: string, body?: object | undefined];

/** A change by each of the other routes, in an order in which each has something to change. */
function changesOf(id: string, snapshot: object): readonly Change[] {
  const changes: readonly Change[] = [
    ["POST", "/users", { customId: "alice" }],
    ["POST", "/entra/applications", { clientId, tenantId, objectId: guid }],
    ["DELETE", "/entra/principals/{objectId}"],
    ["POST", "/entra/users", { objectId: guid, tenantId, username: "carol@contoso.com" }],
    ["POST", "/entra/groups", { objectId: guid.replace("2b", "3c"), tenantId, name: "a group", members: [] }],
    ["POST", "/entra/tenants", { tenantId, servicePrincipals: [] }],
    [
      "POST",
      "/entra/assignments",
      { objectId: guid, tenantId, principalType: "user", clientIds: [clientId] },
    ],
    ["DELETE", "/entra/assignments/{objectId}"],
    ["POST", "/teamsExtension/assignments", { objectId: guid, tenantId, principalType: "user" }],
    ["DELETE", "/teamsExtension/assignments/{tenantId}/{objectId}"],
    ["POST", "/users/{id}/tokens", { scopes: ["chat"] }],
    ["DELETE", "/users/{id}/tokens"],
    ["DELETE", "/users/{id}"],
    ["PUT", "/snapshot", snapshot],
    ["POST", "/keys/regenerate", { keyType: "Primary" }],
    ["POST", "/reset"],
  ];
  return changes.map(([method, path, body]) => [
    method,
    path.replace("{id}", encodeURIComponent(id)).replace("{objectId}", guid).replace("{tenantId}", tenantId),
    body,
  ]);
}

it("a restart finds each change that the admin API and the service acknowledge", slow, async () => {
  const folder = temporaryFolder();
  const data = join(folder, "state.jsonl");
  const emulator = await startEmulator({ data });
  onTestFinished(() => emulator.close());
  const admin = (method: string, path: string, body?: object) =>
    fetch(`${emulator.url}/_emulator${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  /** The state that a program would find that reads the file now. */
  const onDisk = async () => {
    const copy = join(folder, `copy-${crypto.randomUUID()}`);
    copyFileSync(data, copy);
    const { service, close } = await startEmulator({ data: copy });
    await close();
    return snapshotContent(service).events;
  };
  const id = await makeUser(emulator.service);
  const snapshot = snapshotContent(emulator.service);
  const covered = new Set<string>();
  let before = await onDisk();
  for (const [method, path, body] of changesOf(id, snapshot)) {
    const response = await admin(method, path, body);
    expect(response.status, `${method} ${path} ${await response.text()}`).toBeLessThan(300);
    const { events } = (await (await admin("GET", "/snapshot")).json()) as typeof snapshot;
    const after = await onDisk();
    expect(after, `${method} ${path}`).toEqual(events);
    expect(after, `${method} ${path}`).not.toEqual(before);
    before = after;
    const pattern = path.replace(encodeURIComponent(id), "{id}").replace(guid, "{objectId}");
    covered.add(`${method} ${pattern.replace(tenantId, "{tenantId}")}`);
  }
  const { routes } = (await (await admin("GET", "/")).json()) as {
    routes: { method: string; path: string }[];
  };
  const changing = routes
    .map(({ method, path }) => ({ method, path: path.replace("/_emulator", "") }))
    .filter(({ method, path }) => method !== "GET" && !others.includes(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect([...covered].sort()).toEqual(changing.sort());
  const target = `/identities/${encodeURIComponent(await makeUser(emulator.service))}/:issueAccessToken`;
  await ask(emulator.service, {
    method: "POST",
    target: `${target}?api-version=2023-10-01`,
    body: { scopes: ["chat"] },
  });
  expect(await onDisk()).toEqual(snapshotContent(emulator.service).events);
});

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
});
