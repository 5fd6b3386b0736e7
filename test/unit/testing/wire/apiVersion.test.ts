import { describe, expect, it } from "vitest";
import { newestApiVersion, serviceVersions } from "../../../../src/generated/apiVersions.js";
import { type OperationName, routes } from "../../../../src/generated/routes.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask, makeUser } from "../../../helpers/testing/ask.js";
import { validator } from "../../../helpers/testing/openApiDocument.js";

const preview = ["2025-03-02-preview"];
const ids = {
  tenantId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
  objectId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
};
const identityVersions = serviceVersions.join(", ");
const { clientId } = createFakeIdentityService().entra;
const entraAssignment = { tenantId: ids.tenantId, principalType: "user", clientIds: [clientId] };

const bodies: Partial<Record<OperationName, object>> = {
  createUser: { createTokenWithScopes: ["chat"], customId: "a" },
  getToken: { scopes: ["chat"] },
  getTokenForTeamsUser: {
    appId: clientId,
    userId: ids.objectId,
    token: await createFakeIdentityService().createTeamsUserToken({ clientId, userObjectId: ids.objectId }),
  },
  upsertTeamsExtensionAssignment: { principalType: "user", clientIds: [clientId] },
  upsertEntraAssignment: entraAssignment,
  updateEntraAssignments: { [ids.objectId]: entraAssignment },
};
const statuses: Partial<Record<OperationName, number>> = {
  createUser: 201,
  deleteUser: 204,
  revokeTokens: 204,
  deleteTeamsExtensionAssignment: 204,
  deleteEntraAssignment: 204,
};
const bearerScopes: Partial<Record<OperationName, string>> = {
  getTokenForTeamsExtensionUser: "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
  getTokenForEntraUser: "https://communication.azure.com/clients/VoIP",
};

describe.each(serviceVersions)("version %s", (version) => {
  const service = createFakeIdentityService({
    entra: { assignments: [{ ...entraAssignment, objectId: ids.objectId }] },
    teamsExtensionAssignments: [{ ...ids, principalType: "user" }],
  });
  const question = (method: string, path: string, body?: unknown) => ({
    method,
    target: `${path}?api-version=${version}`,
    body,
  });
  const problems = validator(version);

  // tools/generatedFiles.test.ts checks that the routes have the service's versions.
  it.each(routes)(
    "answers $operation as its OpenAPI document says, or that it lacks the operation",
    async (route) => {
      const { operation, method, path, versions, contentType } = route;
      const values: Record<string, string> = { ...ids, id: await makeUser(service) };
      const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
      const scope = bearerScopes[operation];
      const bearer = scope && (await service.createTokenCredential(ids).getToken(scope))?.token;
      const headers = contentType ? { "content-type": contentType } : {};
      const empty = method === "GET" ? undefined : {};
      const send = (body: unknown) => ask(service, { ...question(method, target, body), headers, bearer });
      const isSupported = versions.includes(version);
      const replies = [await send(bodies[operation] ?? empty), await send(empty)];
      if (isSupported) expect(replies[0]?.status).toBe(statuses[operation] ?? 200);
      for (const reply of replies) {
        const isUnsupported = reply.status === 400 && reply.body.error.code === "UnsupportedApiVersion";
        expect(isUnsupported).toBe(!isSupported);
        if (isSupported) expect(problems(path, method, reply.status, reply.body)).toEqual([]);
      }
    },
  );

  it("validates expiresInMinutes since 2022-10-01 and ignores it before", async () => {
    const { status } = await ask(
      service,
      question("POST", "/identities", { createTokenWithScopes: ["chat"], expiresInMinutes: 5 }),
    );
    expect(status).toBe(version >= "2022-10-01" ? 400 : 201);
  });

  it.each(["chat.join", "chat.join.limited", "voip.join"])(
    "supports the scope %s since 2023-10-01",
    async (scope) => {
      const { status, body } = await ask(
        service,
        question("POST", "/identities", { createTokenWithScopes: [scope] }),
      );
      expect(status).toBe(version >= "2023-10-01" ? 201 : 400);
      if (status === 400) expect(body.error).toMatchObject({ code: "ValidationError", target: "scopes" });
    },
  );

  it("supports customId only in the preview", async () => {
    const { body } = await ask(service, question("POST", "/identities", { customId: "alice" }));
    expect(body.identity.customId).toBe(preview.includes(version) ? "alice" : undefined);
  });
});

describe("a version", () => {
  const service = createFakeIdentityService();
  const create = (query: string) => ask(service, { method: "POST", target: `/identities${query}` });

  // 2026-07-22 was proposed, but never published.
  it.each(["2020-07-20-preview2", "2021-03-31-preview1", "2026-07-22", "2099-01-01", "latest"])(
    "%s is rejected with the service's message",
    async (version) => {
      const { status, body, headers } = await create(`?api-version=${version}`);
      expect(status).toBe(400);
      expect(body.error).toEqual({
        code: "UnsupportedApiVersion",
        message: `The HTTP resource that matches the request URI 'https://fake-resource.communication.azure.test/identities' does not support the API version '${version}'.`,
      });
      expect(headers.get("api-supported-versions")).toBe(identityVersions);
      expect(headers.get("x-ms-emulator-diagnosis")).toBe(`createUser exists in ${identityVersions}`);
    },
  );

  it("is required, and checked after the signature", async () => {
    const unsigned = { method: "POST", target: "/identities", headers: { authorization: "" } };
    expect((await ask(service, unsigned)).status).toBe(401);
    const message = "An API version is required, but was not specified.";
    for (const query of ["", "?api-version="])
      expect((await create(query)).body.error).toEqual({ code: "ApiVersionUnspecified", message });
  });

  it("may be given only once", async () => {
    expect((await create("?api-version=2023-10-01&api-version=2022-10-01")).body.error).toEqual({
      code: "AmbiguousApiVersion",
      message: "Several API versions were requested: 2023-10-01, 2022-10-01.",
    });
  });

  it("of any kind is accepted by a loose service with a warning, but no other key", async () => {
    const loose = createFakeIdentityService({ strictness: "loose" });
    const withWrongKey = { method: "POST", target: "/identities", key: btoa("another") };
    expect((await ask(loose, withWrongKey)).status).toBe(401);
    const entra = "/access/entra/assignments";
    for (const [method, target, asked, used] of [
      ["POST", "/identities?api-version=2099-01-01", "api-version 2099-01-01", newestApiVersion],
      [
        "POST",
        "/identities?api-version=2023-10-01&api-version=2099-01-01",
        "api-version 2023-10-01, 2099-01-01",
        newestApiVersion,
      ],
      ["POST", "/identities", "No api-version", newestApiVersion],
      ["GET", `${entra}?api-version=2023-10-01`, "api-version 2023-10-01", "2025-03-02-preview"],
    ] as const) {
      const { status, diagnosis } = await ask(loose, { method, target });
      expect(status).toBe(method === "GET" ? 200 : 201);
      expect(diagnosis).toBe(`${asked} was treated as ${used}, because the service is loose`);
    }
  });

  it("gets an answer that lists its controller's own versions", async () => {
    const { headers } = await ask(service, {
      method: "POST",
      target: "/teamsUser/:exchangeAccessToken?api-version=2021-03-07",
      body: {},
    });
    expect(headers.get("api-supported-versions")).toBe(serviceVersions.slice(1).join(", "));
    expect((await create("?api-version=2023-10-01")).headers.get("api-supported-versions")).toBe(
      identityVersions,
    );
  });
});
