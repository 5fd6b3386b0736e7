import { CommunicationIdentityClient } from "@azure/communication-identity";
import { getResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createFakeIdentityService,
  type HandlerFactory,
  identityHandlers,
} from "../../../src/testing/index.js";

describe("identityHandlers", () => {
  const service = createFakeIdentityService({ strictness: "strict" });
  const server = setupServer(...identityHandlers(service, http));
  const client = new CommunicationIdentityClient(service.connectionString, {
    retryOptions: { maxRetries: 0 },
  });

  beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
  beforeEach(() => service.reset());
  afterAll(() => server.close());

  it("serve the official client with its default transport", async () => {
    const { user, token } = await client.createUserAndToken(["chat"]);
    const second = await client.getToken(user, ["voip"]);
    await client.revokeTokens(user);
    await client.deleteUser(user);
    expect((await service.inspectToken(token)).valid).toBe(false);
    expect(second.expiresOn.getTime()).toBeGreaterThan(Date.now());
    expect(service.requests.map(({ status }) => status)).toEqual([201, 200, 204, 204]);
  });

  it("answer fetch, even for unknown paths", async () => {
    const response = await fetch(new URL("/unknown", service.endpoint));
    expect(response.status).toBe(404);
  });

  it("answer at an endpoint that is an IPv6 address", async () => {
    const local = createFakeIdentityService({ endpoint: "http://[::1]:7311" });
    const request = new Request(`${local.endpoint}unknown`);
    expect((await getResponse(identityHandlers(local, http), request))?.status).toBe(404);
  });

  it.each([
    "https://other.test/identities",
    `https://other.test/${service.endpoint}`,
    service.endpoint.replace(".", "x"),
  ])("ignore other hosts: %s", async (url) => {
    await expect(fetch(url)).rejects.toThrow();
    expect(service.requests).toEqual([]);
  });

  it.each(["before", "after"] as const)(
    "turn a dropped connection (%s) into a network error",
    async (drop) => {
      service.failNext({ drop });
      await expect(client.createUser()).rejects.toMatchObject({
        name: "RestError",
        code: "REQUEST_SEND_ERROR",
      });
    },
  );

  it("don't respond to a call that has ended, which msw 3 can't take", async () => {
    service.failNext({ delayInMs: 1000 });
    const controller = new AbortController();
    const request = new Request(new URL("/identities", service.endpoint), { signal: controller.signal });
    const settled = vi.fn();
    getResponse(identityHandlers(service, http), request).then(settled, settled);
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled).not.toHaveBeenCalled();
  });

  it("say what to pass if http is missing", () => {
    expect(() => identityHandlers(service, undefined as unknown as HandlerFactory<never>)).toThrow(
      /http of msw/,
    );
  });
});
