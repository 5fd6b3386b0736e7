import type { AccessToken } from "@azure/core-auth";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as nodeBuild from "../../../src/index.js";
import { startServer, type WireRequest } from "../../helpers/server.js";
import { bounded } from "../trust/helpers/bounded.js";
import { loadTransport, transportNames } from "../trust/helpers/transports.js";
import { findCanaries, keyCanary, textCanary } from "../trust/secrets/canaries.js";
import { printsOf } from "../trust/secrets/prints.js";
import { listenToEverything } from "../trust/secrets/witness.js";

const key = keyCanary("access key");
const user = { communicationUserId: "8:acs:x" };
const witness = listenToEverything();

type Options = nodeBuild.CommunicationIdentityClientOptions;
type Place = (text: string) => { options?: Options; call?: nodeBuild.GetTokenOptions };

/** Every option whose text becomes part of a header or the URL. */
const places: Readonly<Record<string, Place>> = {
  "the value of a custom header": (text) => ({
    call: { requestOptions: { customHeaders: { "x-mine": text } } },
  }),
  "the name of a custom header": (text) => ({ call: { requestOptions: { customHeaders: { [text]: "x" } } } }),
  "the value of one of the headers": (text) => ({
    call: { requestOptions: { headers: { "x-mine": text } } as object },
  }),
  "the prefix of the user agent": (text) => ({ options: { userAgentOptions: { userAgentPrefix: text } } }),
  "the name of the request id header": (text) => ({
    options: { telemetryOptions: { clientRequestIdHeaderName: text } },
  }),
  "the value of the request id": (text) => ({
    call: { requestOptions: { customHeaders: { "x-ms-client-request-id": text } } },
  }),
  "the service version": (text) => ({ options: { apiVersion: text } }),
};

const injections = [
  "a\r\nx-injected: 1",
  "a\nx-injected: 1",
  "a\rx-injected: 1",
  "a\r\n\r\nGET /injected HTTP/1.1\r\nHost: x\r\n\r\n",
  "a\0b",
  "a\u010ax-injected: 1",
  "a\u560a\u560dx-injected: 1",
  " a ",
  "ü日本😀",
  "a: b",
  "\u2028x-injected: 1",
  "&api-version=1#/../",
  "x".repeat(20_000),
  "\ud800",
];

/** The texts above, and combinations of their dangerous parts. */
const injection: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...injections),
  fc
    .array(
      fc.constantFrom("\r", "\n", "\0", ":", " ", "x-injected", "\u010d", "\u010a", "%0d%0a", "a", "\t"),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((parts) => parts.join("")),
);

describe.each(transportNames)("a header over %s", async (transport) => {
  const { build, options: own } = await loadTransport(transport);

  it.each(Object.keys(places))("can't be injected through %s", async (name) => {
    const server = await startServer(() => ({ status: 204 }));
    const property = fc.asyncProperty(injection, async (text) => {
      const before = server.requests.length;
      const { options = {}, call = {} } = places[name]?.(text) ?? {};
      const outcome = await attempt(() => {
        const credential = new build.AzureKeyCredential(key.value);
        const retryOptions = { maxRetries: 0 };
        const client = new build.CommunicationIdentityClient(server.origin, credential, {
          ...own,
          ...options,
          retryOptions,
        });
        return client.revokeTokens(user, call);
      });
      const received = server.requests.slice(before);
      // Either the call fails and nothing is sent, or it sends one request that contains only what was asked for.
      expect(received.length, printsOf(outcome).slice(0, 400)).toBe(outcome === undefined ? 1 : 0);
      for (const request of received) expectPlain(request, text);
      expect(findCanaries([printsOf(outcome), ...witness.take()].join("\n"), [key])).toEqual([]);
    });
    await fc.assert(property, bounded(120));
  });

  it("can't be injected through a credential's token, and errors don't quote the token", async () => {
    const server = await startServer(() => ({ status: 204 }));
    const text = "opaque-token-that-no-one-may-read-0123456789-abcdefghijklmnopqrstuvwxyz";
    const tokens = fc.tuple(
      fc.nat(text.length),
      injection.filter((part) => part.length < 1000),
    );
    const property = fc.asyncProperty(
      tokens,
      fc.constantFrom("Bearer", "pop"),
      async ([at, part], tokenType) => {
        const before = server.requests.length;
        const token = text.slice(0, at) + part + text.slice(at);
        const given = { token, tokenType, expiresOnTimestamp: Date.now() + 3_600_000 } as AccessToken;
        const outcome = await attempt(() => {
          const credential = { getToken: async () => given };
          const options = { ...own, retryOptions: { maxRetries: 0 } };
          return new build.CommunicationIdentityClient(server.origin, credential, options).revokeTokens(user);
        });
        const received = server.requests.slice(before);
        expect(received.length, printsOf(outcome).slice(0, 400)).toBe(outcome === undefined ? 1 : 0);
        for (const request of received) expectPlain(request);
        expect(
          findCanaries([printsOf(outcome), ...witness.take()].join("\n"), [textCanary("Entra token", text)]),
        ).toEqual([]);
      },
    );
    await fc.assert(property, bounded(150));
  });
});

/** Checks that no header was injected. A header with the name that was `asked` for isn't an injection. */
function expectPlain({ method, target, rawHeaders, body }: WireRequest, asked = ""): void {
  expect(method).toBe("POST");
  expect(target).toMatch(/^\/identities\/8%3Aacs%3Ax\/:revokeAccessTokens\?api-version=[^&#]*$/);
  expect(body).toBe("");
  const names = rawHeaders.map(([name]) => name.toLowerCase()).filter((name) => name !== asked.toLowerCase());
  expect(names.filter((name) => name.startsWith("x-injected") || name === "transfer-encoding")).toEqual([]);
  for (const name of ["host", "authorization", "user-agent"]) {
    expect(names.filter((other) => other === name)).toHaveLength(1);
  }
}

async function attempt(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error;
  }
}
