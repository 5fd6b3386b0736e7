import { assert } from "chai";
import type { SeenRequest } from "../../service.js";
import { failureOf, type SuiteCase } from "../subject.js";

const retryOptions = { maxRetries: 3, retryDelayInMs: 20, maxRetryDelayInMs: 5_000 };

/** Network faults, aborts, timeouts and a wrong clock. */
export const failureCases: readonly SuiteCase[] = [
  {
    name: "retries after the delay that the service asks for, with a fresh signature",
    async run({ library, connectionString, control }) {
      const client = new library.CommunicationIdentityClient(connectionString, { retryOptions });
      await control.fail({ status: 503, headers: { "Retry-After": "1" }, times: 2 });
      assert((await client.createUser()).communicationUserId, "succeeds");
      const requests = await control.requests();
      assert.deepEqual(requests.length, 3, "attempts");
      for (const name of ["x-ms-date", "authorization"])
        assert.deepEqual(distinct(requests, name), 3, `distinct ${name}`);
      assert.deepEqual(distinct(requests, "x-ms-client-request-id"), 1, "request ids");
    },
  },
  {
    name: "retries after a lost connection",
    async run({ library, connectionString, control }) {
      const client = new library.CommunicationIdentityClient(connectionString, { retryOptions });
      const user = await client.createUser();
      await control.fail({ drop: true });
      assert((await client.getToken(user, ["chat"])).token, "succeeds");
    },
  },
  {
    name: "rejects with the status after the last retry",
    async run({ library, connectionString, control }) {
      const client = new library.CommunicationIdentityClient(connectionString, {
        retryOptions: { ...retryOptions, maxRetries: 1 },
      });
      await control.fail({ status: 500, times: 9 });
      const { name, statusCode } = await failureOf(() => client.createUser());
      assert.deepEqual([name, statusCode], ["RestError", 500], "error");
      assert.deepEqual((await control.requests()).length, 2, "attempts");
    },
  },
  {
    name: "rejects when the signal aborts, without the answer",
    async run({ client, control }) {
      await control.fail({ delayInMs: 3_600_000 });
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      const { name } = await failureOf(() => client.createUser({ abortSignal: controller.signal }));
      assert.deepEqual(name, "AbortError", "name");
    },
  },
  {
    name: "sends nothing if the signal is already aborted",
    async run({ client, control }) {
      const { name } = await failureOf(() => client.createUser({ abortSignal: AbortSignal.abort() }));
      assert.deepEqual(name, "AbortError", "name");
      assert.deepEqual(await control.requests(), [], "requests");
    },
  },
  {
    name: "times out an attempt that takes longer than its limit",
    async run({ client, control }) {
      await control.fail({ delayInMs: 10_000 });
      const { name, message } = await failureOf(() =>
        client.createUser({ requestOptions: { timeout: 150 } }),
      );
      assert.deepEqual(name, "TimeoutError", "name");
      assert(message.includes("150 ms"), message);
    },
  },
  {
    name: "distinguishes AbortSignal.timeout from an abort",
    async run({ client, control }) {
      await control.fail({ delayInMs: 10_000 });
      const { name } = await failureOf(() => client.createUser({ abortSignal: AbortSignal.timeout(150) }));
      assert.deepEqual(name, "TimeoutError", "name");
    },
  },
  {
    name: "corrects a wrong clock with the service's Date header, which the emulator lets pages read",
    async run({ client, control }) {
      await control.skew({ minutes: 60 });
      assert((await client.createUser()).communicationUserId, "succeeds");
      await client.createUser();
      assert.deepEqual(
        (await control.requests()).length,
        3,
        "requests: one was refused, and the offset is kept",
      );
    },
  },
  {
    name: "rejects a response that is too large",
    async run({ library, connectionString, control }) {
      const client = new library.CommunicationIdentityClient(connectionString, { retryOptions });
      await control.fail({ status: 201, bodyLength: 3_000_000 });
      assert.deepEqual((await failureOf(() => client.createUser())).code, "RESPONSE_TOO_LARGE", "code");
      assert.deepEqual((await control.requests()).length, 1, "requests");
    },
  },
  {
    name: "doesn't follow a redirect to another origin",
    async run({ library, connectionString, endpoint, control }) {
      const client = new library.CommunicationIdentityClient(connectionString, { retryOptions });
      const elsewhere = new URL("/elsewhere", endpoint);
      elsewhere.hostname = "localhost";
      await control.fail({ status: 307, headers: { Location: elsewhere.href } });
      assert.deepEqual((await failureOf(() => client.createUser())).name, "RestError", "name");
      assert.deepEqual((await control.requests()).length, 1, "requests");
    },
  },
];

function distinct(requests: readonly SeenRequest[], header: string): number {
  return new Set(requests.map(({ headers }) => headers[header])).size;
}
