// Replays the recorded responses of the real service.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommunicationIdentityClient, isRestError } from "../../src/index.js";
import { callOf } from "../helpers/recordedCalls.js";
import { rejectionOf } from "../helpers/secrets.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { connectionString } from "../helpers/values.js";
import { expectedOf, isByClient, playThroughClient } from "./playback.js";
import { headerOf, type Recording, readErrorCases, readLiveRuns, readRecordings } from "./recorded.js";

/** The requests that have no method of the client, since the service withdrew them. */
const withdrawn = /-(?:customid|get-identity)-/;
const offered = readRecordings().filter(({ offered, name }) => offered && !withdrawn.test(name));
const successes = offered.filter(({ response }) => response.status < 300);
const failures = offered.filter(({ response }) => response.status >= 400);

/** By the name of the recording. */
const expectedResults: Readonly<Record<string, unknown>> = {
  "01-create-user-net-2022-10-01": { communicationUserId: "Sanitized" },
  "02-create-user-aad-js-2022-10-01": { communicationUserId: "sanitized" },
  "03-create-user-with-token-exp60-js-2022-10-01": {
    token: "sanitized",
    expiresOn: new Date("2022-09-07T14:34:56.271Z"),
    user: { communicationUserId: "sanitized" },
  },
  "07-create-user-java-2022-06-01": { communicationUserId: "REDACTED" },
  "08-issue-token-java-2022-06-01": { token: "REDACTED", expiresOn: new Date("2022-04-20T09:05:25.691Z") },
  "09-create-user-js-2023-10-01": { communicationUserId: "sanitized" },
  "11-create-user-js-2022-10-01": { communicationUserId: "sanitized" },
  "13-create-user-py-2022-10-01": { communicationUserId: "sanitized" },
  "15-create-user-py-2022-10-01-b": { communicationUserId: "sanitized" },
  "19-create-user-with-token-js-2022-10-01": {
    token: "sanitized",
    expiresOn: new Date("2022-09-30T15:07:10.059Z"),
    user: { communicationUserId: "sanitized" },
  },
  "20-revoke-js-2022-10-01": undefined,
  "29-teams-exchange-ok-js-2022-10-01": {
    token: "sanitized",
    expiresOn: new Date("2022-09-29T16:11:00.164Z"),
  },
  "22-create-user-js-2025-03-02-preview": { communicationUserId: "sanitized" },
  "23-delete-user-js-2025-03-02-preview": undefined,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Replays a response at the time of its recording, since a 401 with an old date looks like a wrong clock. */
function replay({ response, apiVersion }: Recording) {
  const { status, headers, body } = response;
  vi.setSystemTime(headerOf(headers, "date") ?? Date.now());
  const transport = stubTransport({ status, headers, ...(body !== null && { body }) });
  const client = new CommunicationIdentityClient(connectionString, {
    apiVersion,
    httpClient: transport,
    retryOptions: { maxRetries: 0 },
  });
  return { client, transport };
}

describe("a recorded success", () => {
  it("always has an expected result", () => {
    expect(successes.map(({ name }) => name).toSorted()).toEqual(Object.keys(expectedResults).toSorted());
  });

  it.each(successes)("gives the expected result: $name", async (recording) => {
    const { client } = replay(recording);
    expect(await callOf(recording.request)(client)).toStrictEqual(expectedResults[recording.name]);
  });
});

describe("a recorded request", () => {
  it.each(offered)("is what the client sends: $name", async (recording) => {
    const { client, transport } = replay(recording);
    await callOf(recording.request)(client).catch(() => undefined);
    const [sent] = transport.sent;
    const { method, path, headers, body } = recording.request;
    expect(transport.sent).toHaveLength(1);
    expect(sent?.method).toBe(method);
    expect(sent?.url).toBe(`https://my-resource.communication.azure.com${path}`);
    expect(sent?.headers.accept).toBe("application/json");
    if (headers["content-type"] !== undefined) {
      expect(sent?.headers["content-type"]).toBe(headers["content-type"]);
    }
    // Java stores no body; .NET sends {} where the JavaScript client sends none.
    if (body === undefined || recording.name === "01-create-user-net-2022-10-01") return;
    expect(sent?.body === undefined ? null : JSON.parse(String(sent.body))).toEqual(body);
  });
});

describe("a recorded failure", () => {
  it.each(failures)("is a RestError with the service's code and message: $name", async (recording) => {
    const { client } = replay(recording);
    const error = await rejectionOf(() => callOf(recording.request)(client));
    expect(isRestError(error)).toBe(true);
    const { error: said } = recording.response.body as { error: { code: string; message: string } };
    expect(error).toMatchObject({
      name: "RestError",
      statusCode: recording.response.status,
      code: said.code,
      message: said.message,
      details: { error: said },
    });
  });

  it.each(readErrorCases())("gives the right details: $name", async (errorCase) => {
    const { status, code, message, target, contentType } = errorCase.response;
    const said = { code, message, ...(target !== null && { target }) };
    const transport = stubTransport({
      status,
      ...(code !== null && { body: { error: said } }),
      headers: contentType === null ? {} : { "content-type": contentType },
    });
    const client = new CommunicationIdentityClient(connectionString, {
      httpClient: transport,
      ...(errorCase.apiVersion !== null && { apiVersion: errorCase.apiVersion }),
    });
    const error = await rejectionOf(() => callOf(errorCase.request)(client));
    expect(isRestError(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: status, details: code === null ? {} : { error: said } });
    if (code !== null) expect(error).toMatchObject({ code, message });
    else expect(error.message).toMatch(/^getTokenForTeamsUser received 401, request id [0-9a-f-]{36}$/);
  });
});

describe.each(readLiveRuns())("the run in $file", ({ recordings }) => {
  it.each(recordings.filter(isByClient))("is what the client sends and returns: $name", async (recording) => {
    expect(await playThroughClient(recording)).toEqual(expectedOf(recording));
  });
});
