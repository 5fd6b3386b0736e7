// Passes secrets to every public function in the wrong form or in the wrong place.
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import fc from "fast-check";
import { startEmulator } from "../../../../src/emulator/index.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
  type KeyCredential,
  parseConnectionString,
} from "../../../../src/index.js";
import { createFakeIdentityService, identityHandlers } from "../../../../src/testing/index.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";

/** A function that is called with a value that only JavaScript allows. What it returns is searched, too. */
export interface Entry {
  readonly name: string;
  readonly run: (value: unknown) => unknown;
}

const endpoint = "https://my-resource.communication.azure.com";
const neverSent = { httpClient: { sendRequest: () => Promise.reject(new Error("nothing goes out")) } };

/** Casts a value to any type, since JavaScript callers can pass anything. */
function wrong<Type>(value: unknown): Type {
  return value as Type;
}

/** Functions that are given the access key, alone or in a connection string. */
export const keyEntries: readonly Entry[] = [
  { name: "client with a string", run: (value) => new CommunicationIdentityClient(wrong(value)) },
  {
    name: "client with a string and options",
    run: (value) => new CommunicationIdentityClient(wrong(value), neverSent),
  },
  {
    name: "client with an endpoint and a string",
    run: (value) => new CommunicationIdentityClient(endpoint, wrong<KeyCredential>(value)),
  },
  {
    name: "client with an endpoint and a key",
    run: (value) => new CommunicationIdentityClient(endpoint, { key: wrong<string>(value) }),
  },
  {
    name: "client with a key as the endpoint",
    run: (value) => new CommunicationIdentityClient(wrong(value), new AzureKeyCredential("pw==")),
  },
  {
    name: "client with a key as the endpoint and an Entra credential",
    run: (value) => new CommunicationIdentityClient(wrong(value), { getToken: async () => null }),
  },
  { name: "parseConnectionString", run: (value) => parseConnectionString(wrong(value)) },
  { name: "AzureKeyCredential", run: (value) => new AzureKeyCredential(wrong(value)) },
  { name: "AzureKeyCredential.update", run: (value) => new AzureKeyCredential("pw==").update(wrong(value)) },
  {
    name: "createCommunicationAccessKeyCredentialPolicy",
    run: async (value) => {
      const policy = createCommunicationAccessKeyCredentialPolicy({ key: wrong(value) });
      const request = createPipelineRequest({ url: endpoint });
      await policy
        .sendRequest(request, () => Promise.reject(new Error("nothing goes out")))
        .catch((error) => {
          if (error.message !== "nothing goes out") throw error;
        });
      return policy;
    },
  },
  {
    name: "client whose key was replaced",
    run: (value) => {
      const credential = { key: "pw==" };
      const client = new CommunicationIdentityClient(endpoint, credential, neverSent);
      credential.key = wrong(value);
      return client.createUser();
    },
  },
  {
    name: "createFakeIdentityService",
    run: (value) => void createFakeIdentityService({ accessKey: wrong(value) }),
  },
  {
    name: "createFakeIdentityService, as endpoint",
    run: (value) => void createFakeIdentityService({ endpoint: wrong(value) }),
  },
  {
    name: "startEmulator",
    run: async (value) => {
      const emulator = await startEmulator({ accessKey: wrong(value) });
      await emulator.close();
    },
  },
  {
    name: "startEmulator, as a certificate",
    run: async (value) => {
      const pem = String(typeof value === "symbol" ? value.description : value);
      const emulator = await startEmulator({ tls: { cert: pem, key: pem } });
      await emulator.close();
    },
  },
];

const user = { communicationUserId: "8:acs:x" };

/** Functions that are given a token in place of something else, or in the wrong form. */
export const tokenEntries: readonly Entry[] = [
  ...clientEntries({
    "getToken, as user": (client, value) => client.getToken(wrong(value), ["chat"]),
    "getToken, as scopes": (client, value) => client.getToken(user, wrong(value)),
    "getToken, as minutes": (client, value) =>
      client.getToken(user, ["chat"], { tokenExpiresInMinutes: wrong(value) }),
    "createUser, as customId": (client, value) => client.createUser(wrong({ customId: value })),
    "createUserAndToken, as scopes": (client, value) => client.createUserAndToken(wrong(value)),
    "createUserAndToken, as minutes": (client, value) =>
      client.createUserAndToken(["chat"], { tokenExpiresInMinutes: wrong(value) }),
    "revokeTokens, as user": (client, value) => client.revokeTokens(wrong(value)),
    "deleteUser, as user": (client, value) => client.deleteUser(wrong(value)),
    "getTokenForTeamsUser, as options": (client, value) => client.getTokenForTeamsUser(wrong(value)),
    "getTokenForTeamsUser, as token": (client, value) =>
      client.getTokenForTeamsUser({ teamsUserAadToken: wrong(value), clientId: "a", userObjectId: "u" }),
    "getTokenForTeamsUser, without the rest": (client, value) =>
      client.getTokenForTeamsUser(wrong({ teamsUserAadToken: value })),
    "upsertTeamsExtensionAssignment, as assignment": (client, value) =>
      client.upsertTeamsExtensionAssignment("t", "o", wrong(value)),
  }),
  {
    name: "Entra credential",
    run: (value) => {
      const credential = { getToken: async () => wrong<never>(value) };
      return new CommunicationIdentityClient(endpoint, credential, neverSent).createUser();
    },
  },
  {
    name: "Entra credential, as token",
    run: (value) => {
      const credential = { getToken: async () => ({ token: wrong<string>(value), expiresOnTimestamp: 1 }) };
      return new CommunicationIdentityClient(endpoint, credential, neverSent).createUser();
    },
  },
  ...fakeEntries({
    inspectToken: (fake, value) => fake.inspectToken(wrong(value)),
    failNext: (fake, value) => fake.failNext(wrong(value)),
    "failNext, as code": (fake, value) => fake.failNext({ status: 500, code: wrong(value) }),
    "failNext, as retryAfterInSeconds": (fake, value) =>
      fake.failNext({ status: 500, retryAfterInSeconds: wrong(value) }),
    restore: (fake, value) => fake.restore(wrong(value)),
    "restore, as events": (fake, value) =>
      restoreContent(fake, { ...snapshotContent(fake), events: wrong([value]) }),
    "clock.set": (fake, value) => fake.clock.set(wrong(value)),
    identityHandlers: (fake, value) => identityHandlers(fake, wrong<{ all(): never }>(value)),
  }),
];

function clientEntries(
  calls: Record<string, (client: CommunicationIdentityClient, value: unknown) => unknown>,
): Entry[] {
  return Object.entries(calls).map(([name, call]) => ({
    name,
    run: (value) =>
      call(new CommunicationIdentityClient(endpoint, new AzureKeyCredential("pw=="), neverSent), value),
  }));
}

function fakeEntries(
  calls: Record<string, (fake: ReturnType<typeof createFakeIdentityService>, value: unknown) => unknown>,
): Entry[] {
  return Object.entries(calls).map(([name, call]) => ({
    name,
    // The result isn't searched, since the fake is meant to hand out tokens.
    run: async (value) => void (await call(createFakeIdentityService(), value)),
  }));
}

const wrappers: readonly ((text: string) => unknown)[] = [
  (text) => text,
  (text) => [text],
  (text) => ({ text }),
  (text) => ({ [text]: text }),
  (text) => new String(text),
  (text) => Symbol(text),
  (text) => () => text,
  (text) => Buffer.from(text),
  (text) => new Map([[text, text]]),
  (text) => ({ toString: () => text, valueOf: () => text }),
  (text) => new Error(text),
  (text) => Promise.resolve(text),
  (text) => new URL(`https://x/?${new URLSearchParams({ text })}`),
  (text) => text.length,
];

/** Generates texts that contain a secret and are damaged as if by careless editing. */
export function damaged(...texts: readonly string[]): fc.Arbitrary<unknown> {
  const junk = fc.oneof(
    fc.constantFrom(
      "",
      ";",
      "=",
      " ",
      '"',
      "'",
      "\n",
      "\r\n",
      "\0",
      "<",
      "/",
      "://",
      "@",
      "%",
      "ü",
      "\ud800",
    ),
    fc.string({ maxLength: 6 }),
  );
  const edit = fc.record({ at: fc.nat(300), cut: fc.nat(3), insert: junk });
  return fc
    .record({
      text: fc.constantFrom(...texts),
      edits: fc.array(edit, { maxLength: 4 }),
      repeat: fc.constantFrom(1, 1, 1, 2, 120),
      wrapper: fc.constantFrom(...wrappers),
    })
    .map(({ text, edits, repeat, wrapper }) => {
      const edited = edits.reduce(
        (current, { at, cut, insert }) => current.slice(0, at) + insert + current.slice(at + cut),
        text,
      );
      return wrapper(edited.repeat(repeat));
    });
}
