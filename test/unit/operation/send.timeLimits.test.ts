// At which step the limit of an attempt struck, and whether the service can have acted.
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { AzureKeyCredential, type TokenCredential } from "@azure/core-auth";
import { createHttpHeaders, type HttpClient, type PipelineResponse } from "@azure/core-rest-pipeline";
import { expect, it, onTestFinished, vi } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { listen } from "../../helpers/server.js";
import { testEndpoint, testKey, user } from "../../helpers/values.js";

const never = (): Promise<never> => new Promise(() => {});
const key = new AzureKeyCredential(testKey);
const warning = "It may have created a user.";

interface Ended extends Error {
  readonly code: string;
  readonly attempts: number;
  readonly requestId: string;
}

/** Returns the errors of `createUser` and of `getToken`. */
async function endings(
  credential: TokenCredential | AzureKeyCredential,
  options: CommunicationIdentityClientOptions,
): Promise<[Ended, Ended]> {
  const client = new CommunicationIdentityClient(testEndpoint, credential, options);
  const call = { requestOptions: { timeout: 40 } };
  const calls = [client.createUser(call), client.getToken(user, ["voip"], call)];
  const [one, two] = await Promise.all(
    calls.map((each) =>
      each.then(
        () => expect.fail(),
        (error: Ended) => error,
      ),
    ),
  );
  return [one as Ended, two as Ended];
}

const respond = (answer: Partial<PipelineResponse>): HttpClient => ({
  sendRequest: async (request) => ({ request, status: 200, headers: createHttpHeaders(), ...answer }),
});

it.each<[string, number, string, boolean, TokenCredential | AzureKeyCredential, HttpClient]>([
  ["the credential", 0, "CREDENTIAL_TIMEOUT", false, { getToken: never }, { sendRequest: never }],
  ["the transport", 1, "RESPONSE_TIMEOUT", true, key, { sendRequest: never }],
  ["the body", 1, "BODY_TIMEOUT", true, key, respond({ readableStreamBody: new Readable({ read() {} }) })],
])("names %s", async (_, attempts, code, isWarning, credential, httpClient) => {
  const [creation, other] = await endings(credential, { httpClient });
  expect(creation).toMatchObject({ name: "TimeoutError", code, attempts });
  expect(creation.message.includes(warning)).toBe(isWarning);
  expect(other.message).not.toContain(warning);
  const host = new URL(testEndpoint).host;
  expect(creation.message.includes(host)).toBe(code === "RESPONSE_TIMEOUT");
  expect(creation.message.includes("This attempt sent nothing")).toBe(attempts === 0);
  const { name, message, requestId } = creation;
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(JSON.parse(JSON.stringify(creation))).toEqual({ name, message, code, requestId, attempts });
});

it("names a proxy that doesn't answer CONNECT, and warns of nothing", async () => {
  const silent = createServer();
  const port = await listen(silent);
  onTestFinished(() => void silent.close());
  const proxyOptions = { host: "http://user:secret@127.0.0.1", port };
  const [creation] = await endings(key, { proxyOptions });
  expect(creation).toMatchObject({ code: "PROXY_TIMEOUT", attempts: 1 });
  expect(creation.message).toMatch(
    new RegExp(`^The proxy 127.0.0.1:${port} opened no connection within 40 ms. This attempt sent nothing. `),
  );
  expect(creation.message).not.toContain(warning);
});

it("says over undici, too, that there was no response", async () => {
  const silent = createServer();
  const port = await listen(silent);
  onTestFinished(() => void silent.close());
  const httpClient = createUndiciHttpClient({});
  const client = new CommunicationIdentityClient(`http://127.0.0.1:${port}`, key, { httpClient });
  const ended = client.createUser({ requestOptions: { timeout: 40 } });
  await expect(ended).rejects.toMatchObject({ code: "RESPONSE_TIMEOUT", attempts: 1 });
});

it("warns of a second user if an earlier attempt was sent, and a retry's sign-in hangs", async () => {
  let calls = 0;
  const credential: TokenCredential = {
    getToken: () => {
      calls += 1;
      return calls > 1 ? never() : Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 1 });
    },
  };
  const client = new CommunicationIdentityClient(testEndpoint, credential, {
    httpClient: respond({ status: 503 }),
    retryOptions: { retryDelayInMs: 20 },
  });
  await expect(client.createUser({ requestOptions: { timeout: 40 } })).rejects.toMatchObject({
    code: "CREDENTIAL_TIMEOUT",
    attempts: 1,
    message: expect.stringContaining(warning),
  });
});

it("gives an aborted call its request id and attempts, too", async () => {
  const client = new CommunicationIdentityClient(testEndpoint, key, { httpClient: { sendRequest: never } });
  const controller = new AbortController();
  const ended = client.createUser({ abortSignal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  const error = await ended.then(
    () => expect.fail(),
    (caught: Ended) => caught,
  );
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: "AbortError",
    message: `The operation was aborted. ${warning}`,
    code: "ABORT_ERR",
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    attempts: 1,
  });
});

it("hands on a credential's own error as it is, because several calls may get it", async () => {
  const own = Object.assign(new Error("Sign in"), { name: "CredentialUnavailableError" });
  const getToken = vi.fn(() => Promise.reject(own));
  const [creation, other] = await endings({ getToken }, {});
  expect([creation, other]).toEqual([own, own]);
  expect(creation).toBe(other);
  expect(Object.keys(own)).toEqual(["name"]);
});
