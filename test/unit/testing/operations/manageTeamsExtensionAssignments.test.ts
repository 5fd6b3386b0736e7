import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../helpers/testing/ask.js";

const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
const version = "api-version=2025-06-30";
const assignment = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?${version}`;

describe("Teams extension assignments", () => {
  it("are created, replaced, read and deleted", async () => {
    const service = createFakeIdentityService();
    const at = { target: assignment };
    const own = { tenantId, objectId };
    const wanted = { principalType: "user", clientIds: [clientId] };
    expect(await ask(service, { ...at, method: "PUT", body: wanted })).toMatchObject({ status: 201 });
    for (const body of [
      { principalType: "resourceAccount" },
      // Microsoft's guides have this one.
      { principalType: "teamsResourceAccount" },
      wanted,
    ]) {
      const put = await ask(service, { ...at, method: "PUT", body });
      expect([put.status, put.body]).toEqual([200, { ...own, ...body }]);
      expect((await ask(service, { ...at, method: "GET" })).body).toEqual(put.body);
    }
    expect((await ask(service, { ...at, method: "DELETE" })).status).toBe(204);
    const { status, body } = await ask(service, { ...at, method: "GET" });
    expect([status, body.error]).toEqual([
      404,
      { code: "NotFound", message: "The requested assignment was not found." },
    ]);
    expect((await ask(service, { ...at, method: "DELETE" })).status).toBe(204);
  });

  it.each([
    [{}, "PrincipalType", "PrincipalType: The PrincipalType field is required."],
    [{ principalType: 5 }, "PrincipalType", "PrincipalType: The JSON value could not be converted to a str"],
    [{ principalType: "group", clientIds: "x" }, "ClientIds", "ClientIds: The JSON value could not be"],
    [{ principalType: "robot" }, "principalType", "PrincipalType must be one of resourceAccount, teams"],
    [{ principalType: "user", clientIds: [clientId, "x"] }, "clientIds", "Provided ClientIds has invalid"],
  ])("reject %j", async (body, target, message) => {
    const reply = await ask(createFakeIdentityService(), { method: "PUT", target: assignment, body });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: "ValidationError", target });
    expect(reply.body.error.message).toContain(message);
    expect(reply.headers.has("api-supported-versions")).toBe(/^[a-z]/.test(target));
  });

  it.each([
    ["/tenants/x/assignments/y", "TenantId"],
    [`/tenants/${tenantId}/assignments/y`, "ObjectId"],
  ])("reject %s because of the %s", async (path, field) => {
    const reply = await ask(createFakeIdentityService(), {
      method: "GET",
      target: `/access/teamsExtension${path}?${version}`,
    });
    expect([reply.status, reply.body.error]).toEqual([
      400,
      {
        code: "ValidationError",
        message: `Provided ${field} has invalid format.`,
        target: field.replace(/^./, (letter) => letter.toLowerCase()),
      },
    ]);
  });
});
