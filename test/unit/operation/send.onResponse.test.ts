// Users of the official client rely on core-client's callbacks and raw bodies, so both clients must behave alike.
import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import {
  isRestError,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { type ClientName, clientNames, makeClient } from "../../helpers/bothClients.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport, toResponse } from "../../helpers/stubTransport.js";
import {
  type SixOperations,
  teams,
  tokenBody,
  user,
  userAndTokenBody,
  userBody,
} from "../../helpers/values.js";

interface Report {
  readonly response: FullOperationResponse;
  readonly flat: unknown;
  readonly error: unknown;
}

/** Creates a client on a stub transport and records the calls of its `onResponse`. */
function setUp(name: ClientName, answer: StubAnswer) {
  const reports: Report[] = [];
  const options: OperationOptions = {
    onResponse: (response, flat, error) => void reports.push({ response, flat, error }),
  };
  const client = makeClient(name, {
    httpClient: stubTransport(answer),
    retryOptions: { maxRetries: 0 },
  });
  return { client, reports, options, raw: { ...options, requestOptions: { shouldDeserialize: false } } };
}

const getToken = (client: SixOperations, options: OperationOptions) =>
  client.getToken(user, ["voip"], options);
const envelope = { error: { code: "Code", message: "Words.", target: "t" } };
const issued = { status: 200, body: tokenBody };
const expiresOn = new Date("2030-01-02T03:04:05.123Z");

describe.each(clientNames)("onResponse of %s", (name) => {
  it("is called once with the response and the result", async () => {
    const { client, reports, options } = setUp(name, issued);
    const result = await getToken(client, options);
    const expected = { token: tokenBody.token, expiresOn };
    const bodyAsText = JSON.stringify(tokenBody);
    const response = { status: 200, bodyAsText, parsedBody: expected };
    expect(reports).toMatchObject([{ response, flat: expected, error: undefined }]);
    expect(reports[0]?.response.request.url).toContain(":issueAccessToken");
    expect(reports[0]?.response.headers.get("content-type")).toContain("application/json");
    expect(reports[0]?.response).not.toHaveProperty("rawHeaders");
    expect(result).toEqual(expected);
  });

  it.each([
    ["createUser", { status: 201, body: userBody }, userBody],
    [
      "createUserAndToken",
      { status: 201, body: userAndTokenBody },
      { ...userBody, accessToken: { token: tokenBody.token, expiresOn } },
    ],
    ["getTokenForTeamsUser", issued, { token: tokenBody.token, expiresOn }],
    ["revokeTokens", { status: 204 }, {}],
    ["deleteUser", { status: 204 }, {}],
  ] as const)("receives the result in the service's shape: %s", async (method, answer, expected) => {
    const { client, reports, options } = setUp(name, answer);
    const calls = {
      createUser: () => client.createUser(options),
      createUserAndToken: () => client.createUserAndToken(["chat"], options),
      getTokenForTeamsUser: () => client.getTokenForTeamsUser({ ...teams, ...options }),
      revokeTokens: () => client.revokeTokens(user, options),
      deleteUser: () => client.deleteUser(user, options),
    };
    await calls[method]();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.response.status).toBe(answer.status);
    expect(reports[0]?.flat).toBeTypeOf("object");
    expect({ ...(reports[0]?.flat as object) }).toEqual(expected);
  });

  it("is called once for an error response, with the envelope and the error that the call rejects with", async () => {
    const { client, reports, options } = setUp(name, { status: 400, body: envelope });
    const error = await rejectionOf(() => getToken(client, options));
    expect(reports).toMatchObject([{ response: { status: 400 }, flat: envelope, error }]);
    expect(reports[0]?.error).toBe(error);
    expect(isRestError(error)).toBe(true);
    expect(error).toMatchObject({ details: envelope });
  });

  it("receives a RestError with a response that the transport throws, when shouldDeserialize is false", async () => {
    const { client, reports, raw } = setUp(name, (request: PipelineRequest) => {
      const response = toResponse(request, { status: 400, body: envelope });
      throw new RestError("thrown", { statusCode: 400, request, response });
    });
    const error = await rejectionOf(() => getToken(client, raw));
    expect(isRestError(error)).toBe(true);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.response.status).toBe(400);
    // The newest official sources expect undefined in their tests; release 1.3.1 gives {}.
    expect(reports[0]?.flat).toEqual(name === "official" ? {} : undefined);
    expect(reports[0]?.error).toBe(error);
  });

  it.each(["options", "raw"] as const)(
    "receives the same object when the transport throws another error with a response: %s",
    async (kind) => {
      const thrown = new Error("thrown");
      const { client, reports, ...given } = setUp(name, (request: PipelineRequest) => {
        throw Object.assign(thrown, { response: toResponse(request, { status: 418 }) });
      });
      const error = await rejectionOf(() => getToken(client, given[kind]));
      expect(error).toBe(thrown);
      expect(error).toMatchObject({ details: {} });
      expect(reports).toMatchObject([{ response: { status: 418 }, flat: {}, error: thrown }]);
    },
  );

  it.each([
    ["a RestError", (response: PipelineResponse) => new RestError("thrown", { statusCode: 400, response })],
    ["another error", (response: PipelineResponse) => Object.assign(new Error("thrown"), { response })],
  ])("receives {} when the transport throws %s with a body, which isn't parsed", async (_, errorOf) => {
    const { client, reports, options } = setUp(name, (request: PipelineRequest) => {
      throw errorOf(toResponse(request, { status: 400, body: envelope }));
    });
    const error = await rejectionOf(() => getToken(client, options));
    expect(reports.map(({ flat }) => flat)).toEqual([{}]);
    expect(error).toMatchObject({ message: "thrown" });
    expect((error as RestError).details).toEqual({});
  });

  it("isn't called when there is no response", async () => {
    const { client, reports, options } = setUp(name, new RestError("lost", { code: "ENOTFOUND" }));
    const error = await rejectionOf(() => getToken(client, options));
    expect(error).toMatchObject({ code: "ENOTFOUND" });
    expect(reports).toEqual([]);
  });
});

describe.each(clientNames)("shouldDeserialize of %s", (name) => {
  it("set to false leaves the date as a string", async () => {
    const { client, reports, raw } = setUp(name, issued);
    const result = await getToken(client, raw);
    expect({ ...result }).toEqual(tokenBody);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.response.parsedBody).toEqual(tokenBody);
    expect(reports[0]?.flat).toEqual(tokenBody);
  });

  it.each([202, 299, 400, 404])("set to false resolves a %d with its body", async (status) => {
    const { client, reports, raw } = setUp(name, { status, body: envelope });
    // The newest official sources expect the bare body in their tests; release 1.3.1 wraps it.
    const expected = name === "official" ? { body: envelope } : envelope;
    expect({ ...(await getToken(client, raw)) }).toEqual(expected);
    expect(reports).toMatchObject([{ response: { status }, error: undefined }]);
  });

  it("set to false doesn't change the shape of createUserAndToken's result", async () => {
    const { client, raw } = setUp(name, { status: 201, body: userAndTokenBody });
    expect(await client.createUserAndToken(["chat"], raw)).toEqual({
      ...tokenBody,
      user: { communicationUserId: userBody.identity.id },
    });
  });

  it("may be a function, which is called once with the response before onResponse", async () => {
    for (const shouldDeserialize of [true, false]) {
      const order: string[] = [];
      const { client } = setUp(name, issued);
      const result = await getToken(client, {
        onResponse: () => void order.push("onResponse"),
        requestOptions: {
          shouldDeserialize: (response) => {
            order.push(`shouldDeserialize ${response.status}`);
            return shouldDeserialize;
          },
        },
      });
      expect(order).toEqual(["shouldDeserialize 200", "onResponse"]);
      expect(result.expiresOn).toEqual(shouldDeserialize ? expiresOn : tokenBody.expiresOn);
    }
  });
});

describe.each(clientNames)("customHeaders of %s", (name) => {
  it("are sent, and their Content-Type and Accept take precedence", async () => {
    const transport = stubTransport(issued, { status: 204 });
    const client = makeClient(name, { httpClient: transport });
    const customHeaders = { "Content-Type": "application/custom", accept: "text/custom", "X-Mine": "1" };
    await client.getToken(user, ["voip"], { requestOptions: { customHeaders } });
    await client.revokeTokens(user, { requestOptions: { customHeaders } });
    expect(transport.sent).toHaveLength(2);
    for (const { headers } of transport.sent) {
      expect(headers["content-type"]).toBe("application/custom");
      expect(headers.accept).toBe("text/custom");
      expect(headers["x-mine"]).toBe("1");
    }
  });

  it("can't replace Host, which is signed and passed to the transport, and what signs the request", async () => {
    const transport = stubTransport(issued);
    const client = makeClient(name, { httpClient: transport });
    const signing = { Host: "o.example", Authorization: "o", "x-ms-date": "o", "x-ms-content-sha256": "o" };
    await client.getToken(user, ["voip"], { requestOptions: { customHeaders: signing } });
    const { url, headers } = transport.sent[0] ?? expect.fail();
    expect(headers.host).toBe(new URL(url).host);
    for (const header of Object.keys(signing)) expect(headers[header.toLowerCase()]).not.toMatch(/^o/);
  });
});
