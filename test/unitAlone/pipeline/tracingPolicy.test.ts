import { useInstrumenter } from "@azure/core-tracing";
import { beforeEach, describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { packageVersion } from "../../../src/shared/version.js";
import { sixCalls } from "../../helpers/bothClients.js";
import { recordingInstrumenter, type SeenSpan } from "../../helpers/recordingInstrumenter.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, user } from "../../helpers/values.js";

const spans: SeenSpan[] = [];

// Each file of traces has a process of its own, so the instrumenter isn't put back.
beforeEach(() => {
  spans.length = 0;
  useInstrumenter(recordingInstrumenter((span) => spans.push(span)));
});

function setUp(...answers: StubAnswer[]) {
  const transport = stubTransport(...answers);
  const retryOptions = { retryDelayInMs: 1 };
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport, retryOptions });
  return { client, transport };
}

const assignment = { objectId: "o", tenantId: "t", principalType: "user" };
const answer = { status: 200, body: assignment };
type Run = (client: CommunicationIdentityClient) => Promise<unknown>;
const teamsCalls: readonly { name: string; answer: StubAnswer & { status: number }; run: Run }[] = [
  {
    name: "getTeamsExtensionAssignment",
    answer,
    run: (client) => client.getTeamsExtensionAssignment("t", "o"),
  },
  {
    name: "upsertTeamsExtensionAssignment",
    answer,
    run: (client) => client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" }),
  },
  {
    name: "deleteTeamsExtensionAssignment",
    answer: { status: 204 },
    run: (client) => client.deleteTeamsExtensionAssignment("t", "o"),
  },
];

describe("a call is traced", () => {
  it.each([...sixCalls, ...teamsCalls])(
    "with one span of its own and one for its attempt: $name",
    async (call) => {
      const { client, transport } = setUp(call.answer);
      await call.run(client);
      const method = `CommunicationIdentityClient.${call.name}`;
      expect(spans.map(({ name, parent, ended }) => ({ name, parent, ended }))).toEqual([
        { name: method, parent: undefined, ended: true },
        { name: `HTTP ${transport.sent[0]?.method}`, parent: method, ended: true },
      ]);
      expect(spans[0]?.options).toMatchObject({ packageName: "acs-identity", packageVersion });
      expect(spans[0]?.attributes["az.namespace"]).toBe("Microsoft.Communication");
      expect(spans[0]?.status).toEqual({ status: "success" });
      expect(spans[1]?.options.spanKind).toBe("client");
      expect(spans[1]?.attributes["http.status_code"]).toBe(call.answer.status);
      expect(transport.sent[0]?.headers.traceparent).toMatch(/-0000000000000002-01$/);
    },
  );

  it("until an attempt runs out of time, although the transport never answers", async () => {
    const { client } = setUp(() => new Promise(() => undefined));
    const call = client.deleteUser(user, { requestOptions: { timeout: 5 } });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    const status = { status: "error", error: expect.objectContaining({ name: "TimeoutError" }) };
    expect(spans).toMatchObject(Array(2).fill({ ended: true, status }));
  });

  it("as a failure if onResponse throws, and not as a success before that", async () => {
    const { client } = setUp({ status: 204 });
    const statuses: unknown[] = [];
    const onResponse = () => {
      statuses.push(spans[0]?.status);
      throw new TypeError("mine");
    };
    await expect(client.deleteUser(user, { onResponse })).rejects.toThrow("mine");
    expect([...statuses, spans[0]?.status]).toMatchObject([undefined, { status: "error" }]);
  });

  it("with the ids in its URL redacted, unless logUserIds is set", async () => {
    for (const logUserIds of [false, true]) {
      const httpClient = stubTransport({ status: 204 });
      const options = { httpClient, loggingOptions: { logUserIds } };
      await new CommunicationIdentityClient(connectionString, options).deleteUser(user);
      const id = encodeURIComponent(user.communicationUserId);
      expect(String(spans.at(-1)?.attributes["http.url"]).includes(id)).toBe(logUserIds);
    }
  });
});
