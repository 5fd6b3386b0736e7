import { describe, expect, it } from "vitest";
import { routes } from "../../../../src/generated/routes.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import { ask, makeToken, makeUser } from "../../../helpers/testing/ask.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

describe("throttle", () => {
  it("allows the scaled limit in each window of 30 s, and sends Retry-After beyond it", async () => {
    const service = createFakeIdentityService({ throttle: 0.0016, now: "2026-03-01T12:00:10.600Z" });
    const statuses = async () => [(await ask(service, create)).status, (await ask(service, create)).status];
    // Neither of these counts.
    expect((await service.fetch(`${service.endpoint}identities`, { method: "POST" })).status).toBe(401);
    expect((await ask(service, { ...create, target: "/identities" })).status).toBe(400);
    expect(await statuses()).toEqual([201, 201]);
    const refused = await ask(service, create);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("20");
    service.reset();
    expect(await statuses(), "after a reset").toEqual([201, 201]);
    service.clock.advance({ seconds: 19 });
    expect((await ask(service, create)).headers.get("retry-after")).toBe("1");
    service.clock.advance({ seconds: 1 });
    expect(await statuses()).toEqual([201, 201]);
  });

  it("counts creations with and without a token together, and other operations separately", async () => {
    const service = createFakeIdentityService({ throttle: 0.0001, now: "2026-03-01T12:00:00Z" });
    const id = await makeUser(service);
    expect(await makeToken(service, id)).toBeTruthy();
    const refused = await ask(service, { ...create, body: { createTokenWithScopes: ["chat"] } });
    expect([refused.status, refused.diagnosis]).toEqual([
      429,
      "createUserAndToken is limited to 1 requests in 30 s",
    ]);
  });

  it("has the documented limits if it's true, and none by default", () => {
    const { throttle } = createFake({ throttle: true });
    const route = routes.find(({ operation }) => operation === "createUser") ?? expect.fail();
    const count = () => throttle?.count(route, "createUser", 0);
    for (let counted = 0; counted < 1000; counted++) count();
    expect(count).toThrow("Too many requests");
    expect(createFake().throttle).toBeUndefined();
  });
});
