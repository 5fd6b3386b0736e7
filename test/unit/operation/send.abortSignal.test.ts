import { getEventListeners } from "node:events";
import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, teams, user } from "../../helpers/values.js";

type Call = (client: CommunicationIdentityClient, abortSignal: AbortSignal) => Promise<unknown>;
const calls: Readonly<Record<string, Call>> = {
  createUser: (client, abortSignal) => client.createUser({ abortSignal }),
  createUserAndToken: (client, abortSignal) => client.createUserAndToken(["chat"], { abortSignal }),
  getToken: (client, abortSignal) => client.getToken(user, ["chat"], { abortSignal }),
  revokeTokens: (client, abortSignal) => client.revokeTokens(user, { abortSignal }),
  deleteUser: (client, abortSignal) => client.deleteUser(user, { abortSignal }),
  getTokenForTeamsUser: (client, abortSignal) => client.getTokenForTeamsUser({ ...teams, abortSignal }),
  getTeamsExtensionAssignment: (client, abortSignal) =>
    client.getTeamsExtensionAssignment("t", "o", { abortSignal }),
  upsertTeamsExtensionAssignment: (client, abortSignal) =>
    client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" }, { abortSignal }),
  deleteTeamsExtensionAssignment: (client, abortSignal) =>
    client.deleteTeamsExtensionAssignment("t", "o", { abortSignal }),
};

describe("abortSignal", () => {
  it.each(Object.entries(calls))("that aborts before %s prevents its request", async (_, call) => {
    const httpClient = stubTransport({ status: 204 });
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const signal = AbortSignal.abort(new Error("my reason"));
    const error = await rejectionOf(() => call(client, signal));
    expect(error).toMatchObject({ name: "AbortError", cause: signal.reason });
    expect(httpClient.sent).toEqual([]);
  });

  it("that aborts during a call ends it, even in the tick in which it began", async () => {
    const httpClient = stubTransport(() => new Promise(() => undefined));
    const controller = new AbortController();
    const call = new CommunicationIdentityClient(connectionString, { httpClient }).createUser({
      abortSignal: controller.signal,
    });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([
    ["succeeded", { status: 204 }],
    ["failed", new RestError("connect ECONNREFUSED")],
  ])("has no listener left after a call that %s", async (_, answer) => {
    const { signal } = new AbortController();
    const httpClient = stubTransport(answer);
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    await client.deleteUser(user, { abortSignal: signal }).catch(() => undefined);
    expect(httpClient.sent).toHaveLength(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
