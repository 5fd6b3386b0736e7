import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { packageVersion } from "../../../src/shared/version.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, type StubTransport, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, userBody } from "../../helpers/values.js";

const created = { status: 201, body: userBody };

function setUp(options: CommunicationIdentityClientOptions, ...answers: StubAnswer[]) {
  const transport: StubTransport = stubTransport(...(answers.length > 0 ? answers : [created]));
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport, ...options });
  return { client, transport };
}

describe("retryOptions", () => {
  const failed = { status: 500 };
  const fast = { retryDelayInMs: 1, maxRetryDelayInMs: 2 };

  it.each([0, 1, 2, 5])("with maxRetries %i allow that many additional attempts", async (maxRetries) => {
    const { client, transport } = setUp({ retryOptions: { maxRetries, ...fast } }, failed);
    await rejectionOf(() => client.createUser());
    expect(transport.sent).toHaveLength(maxRetries + 1);
  });
});

describe("userAgentOptions", () => {
  async function userAgentOf(userAgentPrefix: string | undefined): Promise<string | undefined> {
    const { client, transport } = setUp({ userAgentOptions: { userAgentPrefix } as object });
    await client.createUser();
    return transport.sent[0]?.headers["user-agent"];
  }
  const own = `acs-identity-js/${packageVersion}`;

  it("are optional: the library names itself and its core, and doesn't pose as Microsoft's client", async () => {
    const userAgent = await userAgentOf(undefined);
    expect(userAgent?.startsWith(`${own} core-rest-pipeline/`)).toBe(true);
    expect(userAgent).toContain(` Node/${process.versions.node}`);
    expect(userAgent).not.toContain("azsdk");
  });

  it.each([
    ["plain", "MyApp/1.0", `MyApp/1.0 ${own}`],
    ["empty", "", own],
    ["blank", "   ", own],
    ["with a line break", "App\r\nX-Evil: 1", `AppX-Evil: 1 ${own}`],
    ["with a NUL", "A\0pp", `App ${own}`],
    ["partly not ASCII", "日本 App é", `App ${own}`],
    ["without any ASCII", "日本", own],
    ["with DEL and escape", "A\u007f\u001b[31mB", `A[31mB ${own}`],
    ["long", "x".repeat(10_000), `${"x".repeat(256)} ${own}`],
  ])("put a prefix before it, without what would break the header: %s", async (_, prefix, start) => {
    const userAgent = (await userAgentOf(prefix)) ?? expect.fail();
    expect(userAgent.startsWith(`${start} core-rest-pipeline/`), userAgent.slice(0, 400)).toBe(true);
  });
});

describe("telemetryOptions", () => {
  it("set the name of the header with the client request id", async () => {
    const options = { telemetryOptions: { clientRequestIdHeaderName: "x-my-request-id" } };
    const { client, transport } = setUp(options);
    await client.createUser();
    const customHeaders = { "X-My-Request-Id": "mine" };
    await client.createUser({ requestOptions: { customHeaders } });
    expect(transport.sent[1]?.request.requestId).toBe("mine");
    const { "x-my-request-id": own, "x-ms-client-request-id": usual } = transport.sent[0]?.headers ?? {};
    expect(own).toMatch(/^[0-9a-f-]{36}$/);
    expect(usual).toBeUndefined();
  });
});

describe("additionalPolicies", () => {
  it("run at their position: once per call before retries, or each time a request is sent, signed and before it is logged", async () => {
    const seen: string[] = [];
    const policy = (name: string) => ({
      name,
      sendRequest: (
        request: Parameters<StubTransport["sendRequest"]>[0],
        next: StubTransport["sendRequest"],
      ) => {
        seen.push(`${name} ${request.headers.has("authorization") ? "signed" : "unsigned"}`);
        return next(request);
      },
    });
    const { client } = setUp(
      {
        retryOptions: { retryDelayInMs: 1 },
        loggingOptions: { logger: ((line: string) => seen.push(line.split(/[: ]/)[0] ?? "")) as never },
        additionalPolicies: [
          { policy: policy("call"), position: "perCall" },
          { policy: policy("usual") } as never,
          { policy: policy("attempt"), position: "perRetry" },
        ],
      },
      // This corrects the clock, so the first attempt sends two requests.
      { status: 401, headers: { Date: "Wed, 21 Oct 2015 07:28:00 GMT" } },
      { status: 500 },
      created,
    );
    await client.createUser();
    const sent = ["attempt signed", "Request", "Response"];
    expect(seen).toEqual(["call unsigned", "usual unsigned", ...sent, ...sent, ...sent]);
  });
});
