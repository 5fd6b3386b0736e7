import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService, type FakeIdentityService } from "acs-identity/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createTokenRoute } from "../../samples/tokenRoute.js";

describe("the token route", () => {
  let service: FakeIdentityService;
  let ids: Map<string, string>;
  let handle: (request: Request) => Promise<Response>;

  const keepUserId = async (person: string, created?: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (created && !ids.has(person)) ids.set(person, created);
    return ids.get(person);
  };
  /** Creates a route as another process has it. */
  function createRoute() {
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, {
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
    const whoIsCalling = async ({ headers }: Request) => headers.get("X-Person") ?? undefined;
    return createTokenRoute({ client, whoIsCalling, keepUserId });
  }
  beforeEach(() => {
    service = createFakeIdentityService();
    ids = new Map();
    handle = createRoute();
  });

  const requestOf = (person: string, method = "POST") =>
    new Request("https://app.example/token", { method, headers: { "X-Person": person } });

  it("gives a person tokens for one user", async () => {
    const response = await handle(requestOf("alice"));
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const { token, user } = await response.json();
    expect(await service.inspectToken(token)).toMatchObject({
      valid: true,
      userId: user.communicationUserId,
      scopes: ["voip"],
    });
    expect((await (await handle(requestOf("alice"))).json()).user).toEqual(user);
    expect((await (await handle(requestOf("bob"))).json()).user).not.toEqual(user);
  });

  it("refuses a caller who isn't signed in, and other methods, without calling the service", async () => {
    expect((await handle(new Request("https://app.example/token", { method: "POST" }))).status).toBe(401);
    const refused = await handle(requestOf("alice", "GET"));
    expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "POST"]);
    expect(service.requests).toEqual([]);
  });

  it("creates one user for a person who calls many times at once, again and again", async () => {
    const calls = Array.from({ length: 60 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 20));
      return (await handle(requestOf("alice"))).status;
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
    expect(service.requests.filter(({ operation }) => operation === "createUser")).toHaveLength(1);
  });

  it("leaves one user if two processes create one at the same time", async () => {
    const answers = await Promise.all([handle(requestOf("alice")), createRoute()(requestOf("alice"))]);
    const users = await Promise.all(
      answers.map(async (answer) => (await answer.json()).user.communicationUserId),
    );
    expect(new Set(users)).toEqual(new Set(ids.values()));
    expect(service.users.map(({ id }) => id)).toEqual([users[0]]);
  });

  it("says when to try again, and throws what only its owner can fix", async () => {
    service.failNext({ status: 429, retryAfterInSeconds: 17 });
    const limited = await handle(requestOf("alice"));
    expect([limited.status, limited.headers.get("Retry-After")]).toEqual([503, "17"]);
    service.failNext({ drop: "before" });
    const dropped = await handle(requestOf("alice"));
    expect([dropped.status, dropped.headers.get("Retry-After")]).toEqual([503, "5"]);
    service.failNext({ status: 403 });
    await expect(handle(requestOf("alice"))).rejects.toMatchObject({ statusCode: 403 });
    expect((await handle(requestOf("alice"))).status).toBe(200);
  });
});
