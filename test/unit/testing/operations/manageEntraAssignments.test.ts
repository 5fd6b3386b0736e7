import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, type Reply } from "../../../helpers/testing/ask.js";

const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
const version = "api-version=2025-03-02-preview";
const user = { tenantId, principalType: "user", clientIds: [clientId] };

const list = `/access/entra/assignments?${version}`;
const one = (id = objectId) => `/access/entra/assignments/${id}?${version}`;

/** The assignment that every service starts with. */
const first = createFakeIdentityService().entra.assignments;

const call = (service: FakeIdentityService, method: string, target: string, body?: unknown): Promise<Reply> =>
  ask(service, { method, target, ...(body === undefined ? {} : { body }) });

const patch = (service: FakeIdentityService, body: unknown): Promise<Reply> =>
  ask(service, {
    method: "PATCH",
    target: list,
    body,
    headers: { "content-type": "application/merge-patch+json" },
  });

describe("Entra assignments", () => {
  it("follow Microsoft's sequence: list, put, get, patch to a group, delete", async () => {
    const service = createFakeIdentityService();
    const { tenantId: own, clientId: ownClient } = service.entra;
    const initial = { objectId: own, tenantId: own, principalType: "tenant", clientIds: [ownClient] };
    expect(await call(service, "GET", list)).toMatchObject({ status: 200, body: { value: [initial] } });
    const created = await call(service, "PUT", one(), user);
    expect([created.status, created.body]).toEqual([201, { objectId, ...user }]);
    const replaced = await call(service, "PUT", one(), { ...user, clientIds: [] });
    expect([replaced.status, replaced.body]).toEqual([200, { objectId, ...user, clientIds: [] }]);
    expect((await call(service, "GET", one())).body).toEqual(replaced.body);
    const patched = await patch(service, { [objectId]: { ...user, principalType: "group" } });
    const group = { objectId, ...user, principalType: "group" };
    expect([patched.status, patched.body]).toEqual([200, { value: [initial, group] }]);
    expect((await call(service, "GET", list)).body).toEqual(patched.body);
    for (const id of [objectId, own]) {
      for (const _ of [1, 2]) expect((await call(service, "DELETE", one(id))).status).toBe(204);
      const absent = await call(service, "GET", one(id));
      expect([absent.status, absent.body.error.code]).toEqual([404, "NotFound"]);
      expect((await call(service, "PUT", one(id), user)).status).toBe(201);
    }
  });

  it("are found whatever the case of the object id", async () => {
    const service = createFakeIdentityService();
    await call(service, "PUT", one(objectId.toUpperCase()), user);
    expect((await call(service, "GET", one())).body.objectId).toBe(objectId.toUpperCase());
    expect((await call(service, "PUT", one(), user)).status).toBe(200);
    expect(service.entra.assignments).toHaveLength(2);
  });

  it.each<[unknown, string, string]>([
    [{}, "TenantId", "TenantId: The TenantId field is required."],
    [{ ...user, principalType: undefined }, "PrincipalType", "PrincipalType: The PrincipalType field is"],
    [{ ...user, principalType: 5 }, "PrincipalType", "PrincipalType: The JSON value could not be"],
    [{ ...user, clientIds: null }, "ClientIds", "ClientIds: The ClientIds field is required."],
    [{ ...user, clientIds: "x" }, "ClientIds", "ClientIds: The JSON value could not be"],
    [{ ...user, tenantId: 5 }, "TenantId", "TenantId: The JSON value could not be"],
    [{ ...user, tenantId: "x" }, "tenantId", "Provided TenantId has invalid format."],
    [{ ...user, principalType: "resourceAccount" }, "principalType", "must be one of user, group, tenant."],
    [{ ...user, clientIds: [clientId, "x"] }, "clientIds", "Provided ClientIds has invalid format."],
  ])("reject %j, in PUT as in PATCH", async (body, target, message) => {
    const service = createFakeIdentityService();
    for (const reply of [
      await call(service, "PUT", one(), body),
      await patch(service, { [tenantId]: user, [objectId]: body }),
    ]) {
      expect([reply.status, reply.body.error.code]).toEqual([400, "ValidationError"]);
      expect(reply.body.error.target).toBe(target);
      expect(reply.body.error.message).toContain(message);
    }
    expect(service.entra.assignments).toEqual(first);
  });

  it.each(["GET", "PUT", "DELETE"])("reject an object id that is no GUID in %s", async (method) => {
    const reply = await call(
      createFakeIdentityService(),
      method,
      one("x"),
      method === "PUT" ? user : undefined,
    );
    expect([reply.status, reply.body.error.target]).toEqual([400, "objectId"]);
    expect(reply.body.error.message).toBe("Provided ObjectId has invalid format.");
  });
});

describe("PATCH of Entra assignments", () => {
  it("removes what is null, replaces whole entries and answers with those that stay", async () => {
    const service = createFakeIdentityService();
    await call(service, "PUT", one(), user);
    const other = { tenantId, principalType: "tenant", clientIds: [] };
    const { body } = await patch(service, {
      [objectId.toUpperCase()]: null,
      [service.entra.tenantId]: null,
      [clientId]: null,
      [tenantId]: other,
    });
    expect(body).toEqual({ value: [{ objectId: tenantId, ...other }] });
    expect((await patch(service, {})).body).toEqual(body);
    const two = { [clientId]: user, [objectId]: user };
    expect((await patch(service, two)).body.value).toHaveLength(3);
  });

  it("changes nothing if one of the entries isn't valid", async () => {
    const service = createFakeIdentityService();
    const wrong = { ...user, tenantId: "x" };
    for (const entry of [5, "x", [], wrong]) {
      const { status, body } = await patch(service, {
        [objectId]: user,
        [service.entra.tenantId]: null,
        [clientId]: entry,
      });
      expect([status, body.error.target]).toEqual([400, entry === wrong ? "tenantId" : clientId]);
    }
    expect((await patch(service, { [objectId]: user, notAGuid: null })).status).toBe(400);
    expect(service.entra.assignments).toEqual(first);
  });

  it("takes merge-patch+json only", async () => {
    const reply = await call(createFakeIdentityService(), "PATCH", list, {});
    expect([reply.status, reply.diagnosis]).toEqual([415, "Send Content-Type: application/merge-patch+json"]);
  });
});

describe("the state", () => {
  it.each<[string, object]>([
    ["an unknown member", { set: [{ objectId, ...user, more: 1 }], removed: [] }],
    ["a wrong type", { set: [{ objectId, ...user, clientIds: "x" }], removed: [] }],
    ["a missing member", { set: [{ objectId }], removed: [] }],
    ["no list of removed ones", { set: [] }],
  ])("refuses a snapshot whose assignments have %s", (_, change) => {
    const service = createFakeIdentityService();
    const snapshot = snapshotContent(service);
    const events = [...snapshot.events, { type: "entraAssignmentsChanged", ...change } as never];
    expect(() => restoreContent(service, { ...snapshot, events })).toThrow(
      /^The member (?:set|removed) of entraAssignmentsChanged must be an array/,
    );
  });
});
