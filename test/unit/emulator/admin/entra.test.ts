import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { send } from "../../../helpers/emulator/http.js";
import { useEmulator } from "./useEmulator.js";

const { admin } = useEmulator();

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

describe("the admin API of Entra ID", () => {
  it("sets a Teams extension assignment, replaces it, and deletes it once", async () => {
    const [tenantId, objectId, clientId] = ["1", "2", "3"].map(
      (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
    );
    const set = (members: object) =>
      admin("POST", "/teamsExtension/assignments", { tenantId, objectId, ...members });
    const listed = async () => (await admin("GET", "/entra")).json.teamsAssignments;
    expect((await set({ principalType: "user" })).status).toBe(204);
    expect((await set({ principalType: "user", clientIds: [clientId] })).status).toBe(204);
    expect(await listed()).toEqual([{ tenantId, objectId, principalType: "user", clientIds: [clientId] }]);
    expect((await set({ principalType: "x" })).status).toBe(400);
    const path = `/teamsExtension/assignments/${tenantId}/${objectId}`;
    expect((await admin("DELETE", path)).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await admin("DELETE", path)).status).toBe(404);
  });

  it("sets groups, tenants and Entra assignments, and deletes what it set", async () => {
    const id = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    const assignment = { objectId: id, tenantId: id, principalType: "group", clientIds: [id] };
    expect((await admin("POST", "/entra/assignments", assignment)).status).toBe(204);
    const group = await admin("POST", "/entra/groups", { objectId: id, members: [id] });
    expect(group.json).toMatchObject({ name: id, isAssignedToClients: false });
    expect((await admin("POST", "/entra/tenants", { tenantId: id, servicePrincipals: [] })).status).toBe(200);
    expect((await admin("GET", "/entra")).json).toMatchObject({
      groups: [{ objectId: id, members: [id] }],
      tenants: [{ tenantId: id, servicePrincipals: [] }],
      entraAssignments: expect.arrayContaining([assignment]),
    });
    const kept = await admin("DELETE", `/entra/assignments/${id}`);
    expect([kept.status, (await admin("DELETE", `/entra/assignments/${id}`)).status]).toEqual([204, 404]);
    const principal = await admin("DELETE", `/entra/principals/${id}`);
    expect([principal.status, (await admin("DELETE", `/entra/principals/${id}`)).status]).toEqual([204, 404]);
    expect((await admin("GET", "/entra")).json.groups).toEqual([]);
    expect((await admin("POST", "/entra/assignments", { objectId: id })).status).toBe(400);
  });
});
