// The types forbid these calls, but JavaScript callers make them and the official client accepts them.
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { sixCalls } from "../../helpers/bothClients.js";
import { stubTransport, success } from "../../helpers/stubTransport.js";
import { connectionString, teams, user } from "../../helpers/values.js";

function clientOf(options: object = {}) {
  const httpClient = stubTransport(success);
  const given = { httpClient, ...options } as CommunicationIdentityClientOptions;
  return { client: new CommunicationIdentityClient(connectionString, given), sent: httpClient.sent };
}

describe("null", () => {
  const none = null as never;

  it("counts as omitted for the options of a call", async () => {
    const { client } = clientOf();
    await client.createUser(none);
    await client.createUserAndToken(["voip"], none);
    await client.getToken(user, ["voip"], none);
    await client.revokeTokens(user, none);
    await client.deleteUser(user, none);
  });

  it("counts as omitted for a single option of a call", async () => {
    const { client, sent } = clientOf();
    await client.getToken(user, ["voip"], { tokenExpiresInMinutes: none, requestOptions: none });
    expect(sent[0]?.body).toBe('{"scopes":["voip"]}');
  });

  it("counts as omitted for an option of the client", async () => {
    const names = ["additionalPolicies", "agent", "apiVersion", "audience", "tlsOptions", "clockCorrection"];
    const bags = ["loggingOptions", "proxyOptions", "retryOptions", "userAgentOptions", "telemetryOptions"];
    const nulls = Object.fromEntries([...names, ...bags].map((name) => [name, null]));
    for (const options of [nulls, { retryOptions: { maxRetries: null } }])
      await clientOf(options).client.createUser();
  });
});

it("options may be an instance of a class, or inherit from defaults", async () => {
  class Options {
    get apiVersion() {
      return "2022-10-01";
    }
  }
  for (const options of [new Options(), Object.create({ apiVersion: "2022-10-01" })]) {
    const httpClient = stubTransport(success);
    const client = new CommunicationIdentityClient(connectionString, Object.assign(options, { httpClient }));
    await client.createUser();
    expect(httpClient.sent[0]?.url).toContain("api-version=2022-10-01");
  }
});

it("an empty apiVersion counts as omitted", async () => {
  const { client, sent } = clientOf({ apiVersion: "" });
  await client.createUser();
  expect(sent[0]?.url).toContain("api-version=2023-10-01");
});

describe.each([
  ["a proxy", (client: CommunicationIdentityClient) => new Proxy(client, {})],
  ["an object that inherits from it", (client: CommunicationIdentityClient) => Object.create(client)],
])("a client behind %s", (_, wrap) => {
  it.each(sixCalls)("sends the request of $name", async (call) => {
    const httpClient = stubTransport(call.answer);
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    await call.run(wrap(client));
    expect(httpClient.sent).toHaveLength(1);
  });
});

// Of Azure Core's types, of a caller's own policies, and of callers who guess.
it.each([
  ...["baseUri", "credentialScopes", "endpoint", "pipeline", "requestContentType", "serializerOptions"],
  ...["sessionExpiry", "minutes", "signal", "timeout", "scopes", "requestOption", "constructor"],
])("an option that nothing reads is ignored: %s", async (name) => {
  const option = { [name]: 1 };
  const { client, sent } = clientOf(option);
  await client.createUser(option);
  await client.createUserAndToken(["voip"], option);
  await client.getToken(user, ["voip"], option);
  await client.revokeTokens(user, option);
  await client.deleteUser(user, option);
  await client.getTokenForTeamsUser({ ...teams, ...option });
  expect(sent).toHaveLength(6);
});
