import { newestApiVersion, serviceVersions } from "../../src/generated/apiVersions.js";
import type { JsonValue } from "../helpers/recorded/recorded.js";

/** What is wrong on purpose with the authentication of a request. */
export type Signing =
  | "none"
  | "wrongKey"
  | "oldDate"
  | "newDate"
  | "otherHost"
  | "otherBody"
  | "noDate"
  | "noContentHash"
  | "garbageToken";

/**
 * One request. `{name}` in its path and body stands for what an earlier step, the settings or the run provide: the same
 * thing for both sides.
 */
export interface Step {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. A string is sent as it is. */
  readonly body?: JsonValue | undefined;
  readonly signing?: Signing;
  /** Whether Azure Core's pipeline sends it, with the exported signing policy, because no method of the client does. */
  readonly raw?: boolean;
  /** The name for the id of the user in its answer. */
  readonly as?: string;
  /** The name of the user whose id it should return again. */
  readonly sameAs?: string;
  /** Whether it only prepares the next steps, so that its answer isn't compared. */
  readonly isSetup?: boolean;
  /** Whether its answer may have data of other people, of which nothing is compared or recorded. */
  readonly comparesStatusOnly?: boolean;
  /** Whether to verify the token in its answer with the keys that the service publishes, if any. */
  readonly verifies?: boolean;
}

/** A question to the service. */
export interface Case {
  readonly name: string;
  /** The file of the fake that decides the answer. */
  readonly decidedBy: string;
  readonly steps: readonly Step[];
}

/** Returns the cases that one file in src/testing decides, by their names. */
function decidedBy(file: string, steps: Record<string, Step | Step[]>): Case[] {
  return Object.entries(steps).map(([name, of]) => ({
    name,
    decidedBy: `src/testing/${file}`,
    steps: [of].flat(),
  }));
}

const stable = "api-version=2023-10-01";
const preview = "api-version=2025-03-02-preview";
const raw = { raw: true } as const;

type More = Partial<Step>;
const create = (as: string, body?: JsonValue, more: More = {}): Step => ({
  method: "POST",
  path: `/identities?${stable}`,
  body,
  as,
  ...more,
});
const issue = (user: string, body: JsonValue = { scopes: ["voip"] }, more: More = {}): Step => ({
  method: "POST",
  path: `/identities/{${user}}/:issueAccessToken?${stable}`,
  body,
  ...more,
});
const issueAt = (query: string, more: More = {}): Step =>
  issue("user", undefined, { path: `/identities/{user}/:issueAccessToken${query}`, ...more });
const revoke = (user: string): Step => ({
  method: "POST",
  path: `/identities/{${user}}/:revokeAccessTokens?${stable}`,
});
const remove = (user: string, query = stable): Step => ({
  method: "DELETE",
  path: `/identities/{${user}}?${query}`,
});
const everyRequest = (user: string): Step[] => [issue(user), revoke(user), remove(user)];
const lasting = (expiresInMinutes: number): Step => issue("user", { scopes: ["voip"], expiresInMinutes });
const signed = (signing: Signing): Step => issue("user", undefined, { signing });
const previewed = { path: `/identities?${preview}`, raw: true } as const;
const customId = { customId: "{customId}" };
const detail = (user: string): Step => ({
  method: "GET",
  path: `/identities/{${user}}?${preview}`,
  raw: true,
});
const exchange = (token: string, more: object = {}): Step => ({
  method: "POST",
  path: `/teamsUser/:exchangeAccessToken?${stable}`,
  body: { token, appId: "{clientId}", userId: "{userId}", ...more },
});

/** Starts the name of each case of the newest version, which tries every operation of the client. */
export const newest: string = `${newestApiVersion}: `;
const withNewest = (steps: Record<string, Step | Step[]>): Record<string, Step[]> =>
  Object.fromEntries(
    Object.entries(steps).map(([name, of]) => [
      newest + name,
      [of].flat().map((step) => ({ ...step, path: step.path.replace(/=.*/, `=${newestApiVersion}`) })),
    ]),
  );

/** Asks for an assignment before, while and after it is there. */
function assign(path: string, body: JsonValue, more: More = {}): Step[] {
  const [get, put, remove] = ["GET", "PUT", "DELETE"].map((method): Step => ({ method, path, ...more }));
  return get && put && remove ? [get, { ...put, body }, get, remove, remove, get] : [];
}
const extension = `/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}?${preview}`;
const entra = `/access/entra/assignments/{objectId}?${preview}`;
const assignment = { principalType: "user", clientIds: ["{clientId}"] };
// The list may have other assignments, so only the one that is patched is asked for.
const patch = (change: JsonValue): Step => ({
  method: "PATCH",
  path: `/access/entra/assignments?${preview}`,
  headers: { "content-type": "application/merge-patch+json" },
  body: { "{objectId}": change },
  raw: true,
  comparesStatusOnly: true,
});

/** All cases, in the order in which they run: later ones use the users of earlier ones. */
export const cases: readonly Case[] = [
  ...decidedBy("operations/identities.ts", {
    createUser: create("user"),
    createUserAndToken: create("other", { createTokenWithScopes: ["chat", "voip"], expiresInMinutes: 60 }),
    "revokeTokens, and a token after it": [revoke("user"), issue("user", undefined, { isSetup: true })],
    deleteUser: remove("other"),
    "a user that was deleted": everyRequest("other"),
    "a user of another resource": everyRequest("foreign"),
    "a user of this resource that was never created": everyRequest("unknown"),
    "an id that isn't one": everyRequest("malformed"),
    "customId, twice the same": [
      create("custom 1", customId, previewed),
      create("custom 2", customId, { ...previewed, sameAs: "custom 1" }),
    ],
    "getUserDetail before and after a token": [
      detail("custom 1"),
      issue("custom 1", undefined, { isSetup: true }),
      detail("custom 1"),
    ],
    "getUserDetail of a user that was never created": detail("unknown"),
  }),
  ...decidedBy("operations/issueToken.ts", {
    getToken: issue("user"),
    "getToken, verified with the published keys": issue("user", { scopes: ["chat"] }, { verifies: true }),
  }),
  ...decidedBy("operations/tokenRequest.ts", {
    ...Object.fromEntries(
      ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"].map((scope) => [
        `scope ${scope}`,
        issue("user", { scopes: [scope] }),
      ]),
    ),
    "two scopes": issue("user", { scopes: ["voip", "chat"] }),
    "no scopes": issue("user", { scopes: [] }),
    "scopes that are null": issue("user", { scopes: null }, raw),
    "an unknown scope": issue("user", { scopes: ["video"] }),
    "59 minutes": lasting(59),
    "60 minutes": lasting(60),
    "1440 minutes": lasting(1440),
    "1441 minutes": lasting(1441),
    "59 minutes for a new user": create("none", { createTokenWithScopes: ["chat"], expiresInMinutes: 59 }),
  }),
  ...decidedBy("authentication/admit.ts", {
    "another key": signed("wrongKey"),
    "a date 16 minutes ago": signed("oldDate"),
    "a date in 16 minutes": signed("newDate"),
    "a signature for another host": signed("otherHost"),
    "a signature for another body": signed("otherBody"),
    "no x-ms-date": signed("noDate"),
    "no x-ms-content-sha256": signed("noContentHash"),
    "no credentials": signed("none"),
    "a bearer token that isn't one": signed("garbageToken"),
  }),
  ...decidedBy("wire/apiVersion.ts", {
    ...Object.fromEntries(
      serviceVersions.slice(0, -1).map((version) => {
        const [user, query] = [`user of ${version}`, `api-version=${version}`];
        const created = create(user, undefined, { path: `/identities?${query}` });
        return [`version ${version}`, [issueAt(`?${query}`), created, remove(user, query)]];
      }),
    ),
    ...withNewest({
      createUser: create("newest"),
      createUserAndToken: create("newest 2", { createTokenWithScopes: ["voip.join"], expiresInMinutes: 60 }),
      getToken: issue("newest", { scopes: ["chat"], expiresInMinutes: 60 }),
      revokeTokens: revoke("newest"),
      deleteUser: [remove("newest"), remove("newest 2")],
      "getTokenForTeamsUser with a token that isn't one": exchange("invalid"),
      getTokenForTeamsUser: exchange("{teamsToken}"),
      "a Teams extension assignment": assign(extension, assignment),
    }),
    "an unknown version": issueAt("?api-version=2019-01-01", raw),
    "no version": issueAt("", raw),
    "two versions": issueAt(`?${stable}&api-version=2022-10-01`, raw),
    "a version in capitals": issueAt("?API-VERSION=2023-10-01", raw),
  }),
  ...decidedBy("wire/requestBody.ts", {
    "a body that isn't JSON": issue("user", "{", raw),
    "no body": issue("user", "", raw),
    "another content type": issue("user", undefined, { headers: { "content-type": "text/plain" }, ...raw }),
    "a member of the wrong type": issue("user", { scopes: "voip" }, raw),
  }),
  ...decidedBy("wire/noRow.ts", {
    "an unknown path": { method: "POST", path: `/identities/{user}/:nothing?${stable}`, body: {}, ...raw },
    "a method that the path doesn't have": { method: "PUT", path: `/identities?${stable}`, body: {}, ...raw },
  }),
  ...decidedBy("wire/cors.ts", {
    "CORS preflight": {
      method: "OPTIONS",
      path: `/identities/{user}/:issueAccessToken?${stable}`,
      headers: {
        origin: "https://app.contoso.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-ms-content-sha256,x-ms-date",
      },
      signing: "none",
    },
  }),
  ...decidedBy("operations/teamsUser.ts", {
    "getTokenForTeamsUser without a token": { ...exchange(""), ...raw },
    "getTokenForTeamsUser with a token that isn't one": exchange("invalid"),
    getTokenForTeamsUser: exchange("{teamsToken}"),
    "getTokenForTeamsUser for another application": exchange("{teamsToken}", { appId: "{objectId}" }),
    "getTokenForTeamsUser for another user": exchange("{teamsToken}", { userId: "{objectId}" }),
  }),
  ...decidedBy("operations/manageTeamsExtensionAssignments.ts", {
    "a Teams extension assignment": assign(extension, assignment),
    "a Teams extension assignment of another kind": {
      method: "PUT",
      path: extension,
      body: { principalType: "robot" },
      ...raw,
    },
    "an object id that isn't one": { method: "GET", path: extension.replace("{objectId}", "nobody"), ...raw },
  }),
  ...decidedBy("operations/manageEntraAssignments.ts", {
    "an Entra assignment": assign(entra, { tenantId: "{tenantId}", ...assignment }, raw),
    "an Entra assignment, added and removed by a patch": [
      patch({ tenantId: "{tenantId}", ...assignment }),
      patch(null),
      { method: "GET", path: entra, ...raw },
    ],
  }),
];
