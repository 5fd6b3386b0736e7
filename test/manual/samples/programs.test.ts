import { type Emulator, startEmulator } from "acs-identity/emulator";
import { describe, expect, it } from "vitest";
import { normalize, runSample } from "./runSample.js";

const outputs: Readonly<Record<string, string>> = {
  expiryAndScopes: `
chat: expires in 1440 minutes
chat, voip for 60 minutes: expires in 60 minutes
chat.join, voip.join for 90 minutes: expires in 90 minutes
chat.join.limited for 1440 minutes: expires in 1440 minutes
voip for 59 minutes: 400 ValidationError: ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.
pstn: 400 ValidationError: Invalid scopes - Scope 'pstn' is not supported. (Emulator: 2023-10-01 has the scopes chat, voip, chat.join, chat.join.limited, voip.join)`,

  entraCredential: `
Requesting an Entra token for https://communication.azure.com//.default
Created 10 users
Issued a token until <time>`,

  teamsUserExchange: `
Signed in as alice@contoso.com
Exchanged. Both tokens expire at the same time: true
The tenant's id for the user's: 400 ValidationError: Provided AAD token issued for unexpected user.
Another application: 400 ValidationError: AAD application is not the expected one.
A token for something else: 401 InvalidAccessToken: Provided access token is not valid. (Emulator: token is meant for "00ac5000-a991-4717-8000-000000000003", not for https://auth.msft.communication.azure.com)`,

  teamsExtensionAssignments: `
Created: a user may use every application
Replaced: a user may use 7b5f3a4e-0000-4000-8000-000000000003
Read: a user may use 7b5f3a4e-0000-4000-8000-000000000003
Deleted
It no longer exists: 404 NotFound`,

  keyRotation: `
Calls were made meanwhile, and none failed
A program that was left behind: 401 Denied
The token from the former key: revoked
The token from the secondary key is valid: true`,

  retriesAndAbort: `
A transient fault: succeeded at attempt 4
A wait of 5 minutes: RestError 429 TooManyRequests after 1 attempt(s), try again in 300 s
A slow answer: TimeoutError
A limit for the call: TimeoutError
An abort: AbortError`,

  proxy: `
The proxy forwards POST /identities
The proxy forwards POST /identities/<user>/:issueAccessToken
Issued a token until <time>`,

  openTelemetry: `
sign-up (internal)
  CommunicationIdentityClient.createUser (internal)
    HTTP POST (client, /identities, 201)
  CommunicationIdentityClient.getToken (internal)
    HTTP POST (client, /identities/REDACTED/:issueAccessToken, 503, error)
    HTTP POST (client, /identities/REDACTED/:issueAccessToken, 200)
  CommunicationIdentityClient.getToken (internal, error)
    HTTP POST (client, /identities/REDACTED/:issueAccessToken, 400, error)
The service received only this trace: true`,
};

describe("a sample prints the expected output on the emulator:", () => {
  it.concurrent.each(Object.entries(outputs))("%s", async (name, output) => {
    expect(normalize(await runSample(`${name}.ts`))).toBe(output.trimStart());
  });

  it.concurrent("logging", async () => {
    const output = await runSample("logging.ts");
    const heads = normalize(output)
      .split("\n")
      .map((line) => line.replace(/ \{.*| in \d+ ms.*|(?<=failed: RestError).*/g, ""));
    expect(heads).toEqual([
      "LOG azure:communication-identity:info Request: POST <emulator>/identities?api-version=2023-10-01",
      "LOG azure:communication-identity:info Response: 201",
      "LOG azure:communication-identity:info Request: POST <emulator>/identities/REDACTED/:issueAccessToken?api-version=2023-10-01",
      "LOG azure:communication-identity:info Response: 200",
      "LOG azure:communication-identity:warning Retry 1 of 3",
      "LOG azure:communication-identity:warning getToken failed: RestError",
    ]);
    expect(output).toContain('"x-cache":"CONFIG_NOCACHE"');
    expect(output).not.toMatch(/Signature=|eyJ|8:acs|8%3Aacs/);
  });

  it.concurrent.each([
    ["unitTestWithFake", 3],
    ["unitTestWithMsw", 2],
  ])("%s", async (name, count) => {
    const output = await runSample(`${name}.ts`, { flags: ["--test-reporter=tap"] });
    expect(output).toMatch(new RegExp(`^# pass ${count}$`, "m"));
    expect(output).toMatch(/^# fail 0$/m);
  });
});

describe("a sample in TypeScript uses the connection string's resource and leaves no users behind:", () => {
  it.concurrent.each([
    ["expiryAndScopes", "getToken"],
    ["teamsExtensionAssignments", "upsertTeamsExtensionAssignment"],
  ])("%s", async (name, operation) => {
    await withEmulator(async ({ url, connectionString, service }) => {
      const env = { COMMUNICATION_CONNECTION_STRING: connectionString };
      expect(normalize(await runSample(`${name}.ts`, { env }))).toBe(outputs[name]?.trimStart());
      expect(service.requests.map((request) => request.operation)).toContain(operation);
      const info = await fetch(`${url}/_emulator/info`);
      expect(await info.json()).toMatchObject({ users: 0 });
    });
  });
});

async function withEmulator(use: (emulator: Emulator) => Promise<void>): Promise<void> {
  const emulator = await startEmulator();
  try {
    await use(emulator);
  } finally {
    await emulator.close();
  }
}
