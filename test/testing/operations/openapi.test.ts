import { describe, expect, it } from "vitest";
import { serviceVersions } from "../../../src/generated/apiVersions.js";
import { routes } from "../../../src/generated/routes.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { ask, makeUser, type Question } from "../ask.js";
import { validator } from "../openApiDocument.js";

const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const entraAssignment = {
  tenantId,
  principalType: "user",
  clientIds: [createFakeIdentityService().entra.clientId],
};

describe.each(serviceVersions)("answers of version %s validate against its OpenAPI document:", (version) => {
  const service = createFakeIdentityService();
  const problems = validator(version);

  /** @param status - The expected status. Default: any success. */
  async function expectValid(path: string, question: Question, status?: number): Promise<void> {
    const reply = await ask(service, question);
    if (status === undefined) expect(String(reply.status)).toMatch(/^2/);
    else expect(reply.status).toBe(status);
    expect(problems(path, question.method, reply.status, reply.body)).toEqual([]);
  }

  it.each(
    routes
      .filter(({ versions }) => versions.includes(version))
      .map((route) => [route.operation, route] as const),
  )("%s", async (operation, { method, path }) => {
    const id = await makeUser(service);
    const at = (userId: string) =>
      `${path.replace("{id}", encodeURIComponent(userId)).replace("{tenantId}", tenantId).replace("{objectId}", objectId)}?api-version=${version}`;
    const question = (body?: object): Question => ({ method, target: at(id), ...(body ? { body } : {}) });
    const bearer = async (scope: string): Promise<Question> => {
      const token = await service.createTokenCredential({ tenantId, objectId }).getToken(scope);
      return { ...question({}), headers: { authorization: `Bearer ${token?.token}` } };
    };
    switch (operation) {
      case "createUser":
        await expectValid(path, question(), 201);
        await expectValid(path, question({ createTokenWithScopes: ["chat"], customId: "a" }), 201);
        return expectValid(path, question({ createTokenWithScopes: [] }), 400);
      case "getToken":
        await expectValid(path, question({ scopes: ["voip"] }), 200);
        return expectValid(path, question({}), 400);
      case "getTokenForTeamsUser": {
        const appId = tenantId;
        const token = await service.createTeamsUserToken({ clientId: appId, userObjectId: objectId });
        await expectValid(path, question({ token, appId, userId: objectId }), 200);
        return expectValid(path, question({ token: "" }), 401);
      }
      case "getTokenForTeamsExtensionUser": {
        const target = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?api-version=${version}`;
        await ask(service, { method: "PUT", target, body: { principalType: "user" } });
        return expectValid(
          path,
          await bearer("https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"),
          200,
        );
      }
      case "getTokenForEntraUser":
        await expectValid(path, await bearer("https://communication.azure.com/clients/Chat"), 403);
        service.entra.setAssignment({ objectId, ...entraAssignment });
        return expectValid(path, await bearer("https://communication.azure.com/clients/VoIP"), 200);
      case "listEntraAssignments":
        service.entra.setAssignment({ objectId, ...entraAssignment });
        return expectValid(path, question(), 200);
      case "updateEntraAssignments": {
        const headers = { "content-type": "application/merge-patch+json" };
        await expectValid(path, { ...question({ [objectId]: entraAssignment }), headers }, 200);
        return expectValid(path, { ...question({ [objectId]: {} }), headers }, 400);
      }
      case "upsertEntraAssignment":
        service.entra.deleteAssignment(objectId);
        await expectValid(path, question(entraAssignment), 201);
        return expectValid(path, question(entraAssignment), 200);
      case "getEntraAssignment":
        service.entra.deleteAssignment(objectId);
        await expectValid(path, question(), 404);
        service.entra.setAssignment({ objectId, ...entraAssignment });
        return expectValid(path, question(), 200);
      case "upsertTeamsExtensionAssignment":
        await ask(service, { method: "DELETE", target: at(id) });
        await expectValid(path, question({ principalType: "user", clientIds: [tenantId] }), 201);
        return expectValid(path, question({ principalType: "user" }), 200);
      case "getTeamsExtensionAssignment":
        await ask(service, { method: "PUT", target: at(id), body: { principalType: "user" } });
        return expectValid(path, question(), 200);
      case "getUserDetail":
        await expectValid(path, question(), 200);
        return expectValid(path, { method, target: at("8:acs:other") }, 401);
      default:
        await expectValid(path, question());
    }
  });
});
