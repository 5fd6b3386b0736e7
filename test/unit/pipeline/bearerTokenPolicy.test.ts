import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import {
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelinePolicy,
  RestError,
} from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { bearerTokenPolicy } from "../../../src/pipeline/bearerTokenPolicy.js";
import { rejectionOf, thrownBy } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { testEndpoint, userBody } from "../../helpers/values.js";
import { credentialOf, send } from "./bearerToken.js";

const created = { status: 201, body: userBody };
const hour = 3_600_000;
const claims = '{"access_token":{"nbf":{"essential":true}}}';
const challenge = `Bearer authorization_uri="https://login.example", error="insufficient_claims", claims="${btoa(claims)}"`;
const denied = { status: 401, headers: { "www-authenticate": challenge } };

type GetToken = (count: number, options: GetTokenOptions) => Promise<AccessToken | null>;

/** By default, the credential returns tokens `entra-1`, `entra-2`, … that are valid for an hour. */
function setUp(getToken?: GetToken, answers: readonly StubAnswer[] = [created], endpoint = testEndpoint) {
  const asked: GetTokenOptions[] = [];
  const credential = {
    getToken: async (_scopes: string | string[], options: GetTokenOptions = {}) => {
      asked.push(options);
      if (getToken) return getToken(asked.length, options);
      return { token: `entra-${asked.length}`, expiresOnTimestamp: Date.now() + hour };
    },
  };
  const transport = stubTransport(...answers);
  const options: CommunicationIdentityClientOptions = {
    httpClient: transport,
    retryOptions: { retryDelayInMs: 1 },
  };
  const client = new CommunicationIdentityClient(endpoint, credential, options);
  const authorizations = () => transport.sent.map(({ headers }) => headers.authorization);
  return { client, asked, transport, authorizations };
}

describe("an Entra credential", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });

  it("is asked once for many calls, concurrent or sequential", async () => {
    const { client, asked, authorizations } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => client.createUser()));
    await client.createUser();
    expect(asked).toHaveLength(1);
    expect(new Set(authorizations())).toEqual(new Set(["Bearer entra-1"]));
    expect(authorizations()).toHaveLength(21);
  });

  it.each([undefined, null, Number.NaN, Number.POSITIVE_INFINITY, "2030-01-01", "later"])(
    "is asked in the background on each call when its tokens expire at %s, which isn't a time",
    async (expiry) => {
      const { client, asked, authorizations } = setUp(async (count) => ({
        token: `entra-${count}`,
        expiresOnTimestamp: expiry as number,
      }));
      await client.createUser();
      await client.createUser();
      expect(asked).toHaveLength(2);
      await client.createUser();
      expect(authorizations()).toEqual(["Bearer entra-1", "Bearer entra-1", "Bearer entra-2"]);
    },
  );

  it("that hangs lets each caller abort on its own, while the others keep waiting", async () => {
    let give: (token: AccessToken) => void = () => undefined;
    const { client, asked, transport } = setUp(() => new Promise<AccessToken>((resolve) => (give = resolve)));
    const controller = new AbortController();
    const first = rejectionOf(() => client.createUser({ abortSignal: controller.signal }));
    const second = client.createUser();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    controller.abort();
    expect((await first).name).toBe("AbortError");
    expect(transport.sent).toEqual([]);
    give({ token: "entra-1", expiresOnTimestamp: Date.now() + hour });
    expect(await second).toEqual({ communicationUserId: userBody.identity.id });
    // The signal of one call would end the request of all.
    expect(asked).toEqual([expect.not.objectContaining({ abortSignal: expect.anything() })]);
  });

  it.each<[string, GetToken]>([
    ["returns null", async () => null],
    ["rejects", async () => Promise.reject(new Error("no login"))],
    [
      "throws",
      () => {
        throw new Error("no login");
      },
    ],
  ])("that %s fails the call before anything is sent", async (_, getToken) => {
    const { client, transport } = setUp(getToken);
    const error = await rejectionOf(() => client.createUser());
    expect(error.message).toMatch(/no login|The credential returned no Entra ID token\. Is it signed in\?/);
    expect(transport.sent).toEqual([]);
  });

  it.each([
    ["has already answered", (first: Promise<unknown>) => first],
    ["is just answering", () => Promise.resolve()],
  ])("isn't asked again when another call %s the same challenge", async (_, after) => {
    let count = 0;
    const policy = bearerTokenPolicy({
      getToken: async () => ({ token: `entra-${++count}`, expiresOnTimestamp: Date.now() + hour }),
    });
    const headers = createHttpHeaders(denied.headers);
    /** Sends a request whose challenge arrives when `challenged` resolves. Returns the tokens that were sent. */
    async function send(challenged: Promise<unknown>): Promise<unknown[]> {
      const tokens: unknown[] = [];
      await policy.sendRequest(createPipelineRequest({ url: testEndpoint }), async (request) => {
        tokens.push(request.headers.get("Authorization"));
        if (tokens.length > 1) return { request, status: 201, headers: createHttpHeaders() };
        await challenged;
        return { request, status: 401, headers };
      });
      return tokens;
    }
    const first = send(Promise.resolve());
    const second = send(after(first));
    expect([await first, await second]).toEqual(Array(2).fill(["Bearer entra-1", "Bearer entra-2"]));
    expect(count).toBe(2);
  });

  it.each([
    ["for a call", 1],
    ["for a challenge", 2],
  ])(
    "whose refresh %s rejects with a RestError gives each waiting call a copy with the call's own request id",
    async (_, failing) => {
      const shared = Object.assign(new RestError("no token", { code: "Denied", statusCode: 403 }), {
        extra: 1,
      });
      const token = { token: "entra-1", expiresOnTimestamp: Date.now() + hour };
      const { client, asked } = setUp(
        async (count) => (count < failing ? token : Promise.reject(Object.freeze(shared))),
        [denied],
      );
      const errors = await Promise.all(
        Array.from({ length: 3 }, () => rejectionOf(() => client.createUser())),
      );
      expect(asked).toHaveLength(failing);
      const ids = errors.map((error) => (error as { requestId?: string }).requestId);
      expect(new Set(ids).size).toBe(3);
      expect(ids).not.toContain(undefined);
      expect("requestId" in shared).toBe(false);
      for (const error of errors) {
        const { message, stack } = shared;
        const info = { name: "RestError", message, stack, code: "Denied", statusCode: 403, extra: 1 };
        expect(error).toMatchObject(info);
        expect(error).toSatisfy(isRestError);
      }
    },
  );

  it("whose refresh rejects with another error gives each waiting call that error", async () => {
    const shared = new TypeError("no token");
    const { client } = setUp(async () => Promise.reject(shared));
    const calls = Array.from({ length: 2 }, () => rejectionOf(() => client.createUser()));
    for (const error of await Promise.all(calls)) expect(error).toBe(shared);
  });

  it.each<[unknown]>([[{}], [undefined], ["a text"]])(
    "whose refresh rejects with %j gives each call that",
    async (reason) => {
      const unhandled = vi.fn();
      process.on("unhandledRejection", unhandled);
      onTestFinished(() => void process.off("unhandledRejection", unhandled));
      const { client } = setUp(async () => Promise.reject(reason));
      const caught = await client.createUser().catch((error: unknown) => error);
      expect(caught === reason).toBe(true);
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
    },
  );

  it.each([
    ["the same claims", () => claims],
    ["other claims each time", (index: number) => `{"access_token":{"nbf":{"value":"${index}"}}}`],
  ])("answers only one challenge of a call, even if each of %s is followed by a 503", async (_, claimsAt) => {
    const answers = Array.from({ length: 20 }, (__, index): StubAnswer => {
      const challenged = `Bearer error="insufficient_claims", claims="${btoa(claimsAt(index))}"`;
      return index % 2 === 0
        ? { status: 401, headers: { "www-authenticate": challenged } }
        : { status: 503, headers: { "retry-after-ms": "1" } };
    });
    const { client, asked, transport } = setUp(undefined, answers);
    await rejectionOf(() => client.createUser());
    expect(transport.sent.length).toBeLessThanOrEqual(5);
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it("answers the challenge of each call, whatever their request ids", async () => {
    const { client, transport } = setUp(undefined, [denied, created, denied, created]);
    const requestOptions = { customHeaders: { "x-ms-client-request-id": "shared" } };
    await client.createUser({ requestOptions });
    vi.setSystemTime(Date.now() + hour);
    await client.createUser({ requestOptions });
    expect(transport.sent).toHaveLength(4);
  });

  it("is asked again when its token expires while waiting for a retry", async () => {
    const lost = () => {
      vi.setSystemTime(Date.now() + hour);
      return { status: 500 };
    };
    const { client, authorizations } = setUp(undefined, [lost, created]);
    await client.createUser();
    expect(authorizations()).toEqual(["Bearer entra-1", "Bearer entra-2"]);
  });
});

describe("an Entra ID token", () => {
  it("is requested with Continuous Access Evaluation, and may have whitespace around it", async () => {
    const { asked, policy } = credentialOf({ token: " token-of-a-file\r\n" });
    expect(await send(policy)).toEqual(["Bearer  token-of-a-file"]);
    expect(asked).toEqual([{ enableCae: true }]);
  });

  it("is sent with the scheme of its type", async () => {
    expect(await send(credentialOf({ token: "bound", tokenType: "pop" }).policy)).toEqual(["pop bound"]);
  });

  it.each(["a\nb", "a\0b", "ü", "a\tb"])(
    "with characters that don't fit into a header is rejected: %j",
    async (token) => {
      const { policy } = credentialOf({ token });
      // A TypeError would say that nothing was sent, but this may follow a challenge.
      await expect(send(policy)).rejects.toMatchObject({
        name: "Error",
        message: "The credential's Entra ID token has characters that don't fit into a header.",
      });
    },
  );
});

describe("an Entra token over plain HTTP", () => {
  const getToken = async () => ({ token: "entra", expiresOnTimestamp: Date.now() + hour });

  it("is rejected by the constructor for any other host, with or without allowInsecureConnection", () => {
    for (const allowInsecureConnection of [true, false]) {
      const make = () =>
        new CommunicationIdentityClient("http://host.example", { getToken }, { allowInsecureConnection });
      expect(thrownBy(make)).toBeInstanceOf(TypeError);
    }
  });

  it("isn't sent to another host even when a policy rewrites the URL", async () => {
    const transport = stubTransport(created);
    const policy: PipelinePolicy = {
      name: "rewrite",
      sendRequest: (request, next) => {
        request.url = request.url.replace("https:", "http:");
        return next(request);
      },
    };
    const client = new CommunicationIdentityClient(
      testEndpoint,
      { getToken },
      { httpClient: transport, additionalPolicies: [{ policy, position: "perCall" }] },
    );
    const error = await rejectionOf(() => client.createUser());
    expect(error.message).toMatch(/^An Entra ID token .* plain http/);
    expect(transport.sent).toEqual([]);
  });
});
