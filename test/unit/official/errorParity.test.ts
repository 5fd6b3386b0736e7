// Compares the errors of both clients for recorded and similar error responses. Ours differs only on purpose.
import { isRestError, type RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { type ClientName, clientNames, makeClient } from "../../helpers/bothClients.js";
import { readRefusals } from "../../helpers/recorded/recorded.js";
import { toClientCall } from "../../helpers/recorded/recordedCalls.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { type CannedAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { type SixOperations, user } from "../../helpers/values.js";

interface Seen {
  readonly name: string;
  readonly code: string | undefined;
  readonly statusCode: number | undefined;
  readonly message: string;
  readonly details: unknown;
}

const requestOptions = { customHeaders: { "x-ms-client-request-id": "id-1" } };
const getToken = (client: SixOperations) => client.getToken(user, ["voip"], { requestOptions });

async function errorOf(name: ClientName, answer: CannedAnswer, run = getToken): Promise<RestError> {
  const client = makeClient(name, { httpClient: stubTransport(answer), retryOptions: { maxRetries: 0 } });
  const error = await rejectionOf(() => run(client) as Promise<never>);
  return isRestError(error) ? error : expect.fail(`no RestError: ${String(error)}`);
}

async function seen(name: ClientName, answer: CannedAnswer, run = getToken): Promise<Seen> {
  const client = makeClient(name, { httpClient: stubTransport(answer), retryOptions: { maxRetries: 0 } });
  // A message that isn't a text makes the official error no RestError.
  const error = (await rejectionOf(() => run(client) as Promise<never>)) as RestError;
  const { name: kind, code, statusCode, message, details } = error;
  return { name: kind, code, statusCode, message, details };
}

const recorded = readRefusals().filter(({ response }) => response.body !== null);

describe("both clients agree", () => {
  it.each(recorded)("on the recorded error $name", async ({ request, response }) => {
    const { status, body } = response;
    const { code, message } = (body as { error: { code: string; message: string } }).error;
    const answer = { status, body, headers: { "content-type": "application/json" } };
    const run = toClientCall(request) as typeof getToken;
    const [official, ours] = [await seen("official", answer, run), await seen("ours", answer, run)];
    expect(ours).toStrictEqual(official);
    expect(ours).toStrictEqual({ name: "RestError", code, statusCode: status, message, details: body });
  });

  it.each([
    [
      "with details",
      {
        details: [
          { code: "A", message: "a" },
          { code: "B", target: "t" },
        ],
      },
    ],
    ["with an inner error", { innererror: { code: "I", innererror: { code: "J", message: "j" } } }],
    ["with empty details", { details: [] }],
  ])("on an envelope %s, and rename innererror to innerError", async (_, more) => {
    const answer = { status: 400, body: { error: { code: "C", message: "m", target: "x", ...more } } };
    const [official, ours] = [await seen("official", answer), await seen("ours", answer)];
    expect(ours).toStrictEqual(official);
    expect(JSON.stringify(ours.details)).not.toContain("innererror");
  });

  it.each([400, 401, 403, 404, 409, 412, 429, 500, 501, 503])(
    "on an envelope with status %i",
    async (status) => {
      const answer = { status, body: { error: { code: "SomeCode", message: "Some words." } } };
      expect(await seen("ours", answer)).toStrictEqual(await seen("official", answer));
    },
  );

  it("on the other members of an error: the request, and the response with its text", async () => {
    const answer = { status: 400, body: { error: { code: "C", message: "m" } } };
    for (const name of clientNames) {
      const { request, response } = await errorOf(name, answer);
      expect(request?.url).toContain("/:issueAccessToken?api-version=2023-10-01");
      expect(request?.method).toBe("POST");
      expect(response?.status).toBe(400);
      expect(response?.bodyAsText).toBe(JSON.stringify(answer.body));
      expect(response?.headers.get("content-type")).toBe("application/json; charset=utf-8");
    }
  });
});

describe("our client differs on purpose", () => {
  const requestId = { "x-ms-client-request-id": "id-1" };

  const common = { name: "RestError", code: undefined, details: {} };
  const plain = { ...requestId, "content-type": "text/plain" };
  const noText = { error: { code: "C", message: { no: "text" } } };
  it.each<[string, CannedAnswer, object, object]>([
    [
      "an empty 401: its error has a message",
      { status: 401, headers: requestId },
      { ...common, statusCode: 401, message: "" },
      { ...common, statusCode: 401, message: "getToken received 401, request id id-1" },
    ],
    [
      "x-ms-error-code without a body: the header becomes the code",
      { status: 400, headers: { ...requestId, "x-ms-error-code": "HeaderCode" } },
      { code: undefined },
      { code: "HeaderCode", message: "getToken received 400, request id id-1" },
    ],
    [
      "a text/plain 502: the proxy's text is not in the message",
      { status: 502, body: "Bad Gateway", headers: plain },
      { message: "Bad Gateway", details: {} },
      { ...common, statusCode: 502, message: "getToken received 502 (text/plain), request id id-1" },
    ],
    [
      "a message that isn't a string: its error still has one",
      { status: 400, headers: requestId, body: noText },
      { message: noText.error.message },
      { code: "C", message: "getToken received 400 (application/json), request id id-1" },
    ],
  ])("on %s", async (_, answer, official, ours) => {
    expect(await seen("official", answer)).toMatchObject(official);
    expect(await seen("ours", answer)).toMatchObject(ours);
  });

  it("on another 2xx with a valid body: only the official error contains the token", async () => {
    const answer = { status: 201, body: { token: "secret.token", expiresOn: "2030-01-02T03:04:05Z" } };
    expect((await seen("official", answer)).message).toContain("secret.token");
    const ours = await errorOf("ours", answer);
    expect(ours.message).toMatch(/^getToken received 201 .*, but only 200 is a success$/);
    expectNoSecret(ours, "secret.token");
  });
});
