import { expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";

it("an option that is undefined counts as omitted, at every depth", async () => {
  const objectId = "00000000-0000-4000-8000-000000000009";
  const user = { objectId, username: "carol@contoso.com", name: undefined, tenantId: undefined };
  const service = createFakeIdentityService({ seed: undefined, entra: { users: [user], groups: undefined } });
  expect(service.entra.users).toContainEqual(
    expect.objectContaining({ objectId, name: "carol@contoso.com" }),
  );
  service.entra.setUser({ objectId, username: "carol@contoso.com", email: undefined });
  expect(service.entra.users).toContainEqual(expect.objectContaining({ email: "carol@contoso.com" }));
  const { clientId } = service.entra;
  const token = await service.createTeamsUserToken({
    clientId,
    userObjectId: objectId,
    expiresInMinutes: undefined,
  });
  expect(token.split(".")).toHaveLength(3);
});
