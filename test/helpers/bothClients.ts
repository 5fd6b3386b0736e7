import { CommunicationIdentityClient as OfficialClient } from "@azure/communication-identity";
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type TokenScope,
} from "../../src/index.js";
import type { CannedAnswer } from "./stubTransport.js";
import {
  connectionString,
  type SixOperations,
  teams,
  tokenBody,
  user,
  userAndTokenBody,
  userBody,
} from "./values.js";

/** Scopes as JavaScript callers may pass them, typed as strings. */
const everyScopeAndAnUnknownOne: string[] = [
  "chat",
  "voip",
  "chat.join",
  "chat.join.limited",
  "voip.join",
  "chat",
  "nöpe",
];

export type ClientName = "official" | "ours";
export const clientNames: readonly ClientName[] = ["official", "ours"];

/** Creates either client with the same arguments. Both may use plain HTTP, to reach a test server. */
export function makeClient(
  name: ClientName,
  options: CommunicationIdentityClientOptions = {},
  text: string = connectionString,
): SixOperations {
  return name === "official"
    ? new OfficialClient(text, { allowInsecureConnection: true, ...options })
    : new CommunicationIdentityClient(text, options);
}

export function makeClientWithCredential(
  name: ClientName,
  endpoint: string,
  credential: KeyCredential | TokenCredential,
  options: CommunicationIdentityClientOptions = {},
): SixOperations {
  // An overload of the official client accepts only one kind of credential.
  const keyOrToken = credential as KeyCredential;
  return name === "official"
    ? new OfficialClient(endpoint, keyOrToken, { allowInsecureConnection: true, ...options })
    : new CommunicationIdentityClient(endpoint, keyOrToken, options);
}

export interface Call {
  readonly name: string;
  readonly run: (client: SixOperations) => Promise<unknown>;
  /** The service's answer on success. */
  readonly answer: CannedAnswer;
}

const created = { status: 201, body: userBody };
const createdWithToken = { status: 201, body: userAndTokenBody };
const issued = { status: 200, body: tokenBody };
const done = { status: 204 };

/** The six operations in their simplest form. */
export const sixCalls: readonly Call[] = [
  { name: "createUser", run: (client) => client.createUser(), answer: created },
  {
    name: "createUserAndToken",
    run: (client) => client.createUserAndToken(["chat", "voip"]),
    answer: createdWithToken,
  },
  { name: "getToken", run: (client) => client.getToken(user, ["voip"]), answer: issued },
  { name: "revokeTokens", run: (client) => client.revokeTokens(user), answer: done },
  { name: "deleteUser", run: (client) => client.deleteUser(user), answer: done },
  { name: "getTokenForTeamsUser", run: (client) => client.getTokenForTeamsUser(teams), answer: issued },
];

/** The same operations with options, unusual ids and unusual values. */
export const oddCalls: readonly Call[] = [
  { name: "createUser with empty options", run: (client) => client.createUser({}), answer: created },
  {
    name: "createUserAndToken for 60 minutes",
    run: (client) => client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 }),
    answer: createdWithToken,
  },
  {
    name: "createUserAndToken with undefined minutes",
    // JavaScript callers may pass undefined.
    run: (client) =>
      client.createUserAndToken(["chat"], { tokenExpiresInMinutes: undefined as unknown as number }),
    answer: createdWithToken,
  },
  {
    name: "createUserAndToken without scopes",
    run: (client) => client.createUserAndToken([]),
    answer: createdWithToken,
  },
  {
    name: "getToken for 1440 minutes",
    run: (client) => client.getToken(user, ["chat", "voip"], { tokenExpiresInMinutes: 1440 }),
    answer: issued,
  },
  ...[0, -1, 59, 1441, 1e21].map((minutes) => ({
    name: `getToken for ${minutes} minutes`,
    run: (client: SixOperations) => client.getToken(user, ["chat"], { tokenExpiresInMinutes: minutes }),
    answer: issued,
  })),
  {
    name: "getToken with every scope, one twice and one unknown",
    run: (client) => client.getToken(user, everyScopeAndAnUnknownOne as TokenScope[]),
    answer: issued,
  },
  { name: "getToken without scopes", run: (client) => client.getToken(user, []), answer: issued },
  ...[
    "ACS_ID",
    "8:acs:a b/c_d%?#",
    "../x",
    "%2e%2e",
    "%2f",
    "a\r\nb",
    "ü日本😀",
    "a;b=c&d+e",
    "...",
    "a'(b)*!~",
  ].flatMap((id) => [
    {
      name: `getToken of ${JSON.stringify(id)}`,
      run: (client: SixOperations) => client.getToken({ communicationUserId: id }, ["voip"]),
      answer: issued,
    },
    {
      name: `revokeTokens of ${JSON.stringify(id)}`,
      run: (client: SixOperations) => client.revokeTokens({ communicationUserId: id }),
      answer: done,
    },
    {
      name: `deleteUser of ${JSON.stringify(id)}`,
      run: (client: SixOperations) => client.deleteUser({ communicationUserId: id }),
      answer: done,
    },
  ]),
  {
    name: "getTokenForTeamsUser with empty strings",
    run: (client) => client.getTokenForTeamsUser({ teamsUserAadToken: "", clientId: "", userObjectId: "" }),
    answer: issued,
  },
  {
    name: "createUser with custom headers",
    run: (client) =>
      client.createUser({ requestOptions: { customHeaders: { "X-Mine": "a", ACCEPT: "text/x" } } }),
    answer: created,
  },
  {
    name: "revokeTokens with the caller's content type",
    run: (client) =>
      client.revokeTokens(user, {
        requestOptions: { customHeaders: { "content-type": "application/custom" } },
      }),
    answer: done,
  },
  {
    name: "getToken with the caller's content type and request id",
    run: (client) =>
      client.getToken(user, ["voip"], {
        requestOptions: {
          customHeaders: { "Content-Type": "application/custom", "x-ms-client-request-id": "mine" },
        },
      }),
    answer: issued,
  },
];
