import { apiVersions } from "../../src/generated/apiVersions.js";
import type { JsonValue } from "../recorded/recorded.js";
import type { Case, Signing, Step } from "./steps.js";

const stable = "api-version=2023-10-01";
const preview = "api-version=2025-03-02-preview";

const identities = "src/testing/operations/identities.ts";
const tokens = "src/testing/operations/issueToken.ts";
const request = "src/testing/operations/issueToken.ts";
const authentication = "src/testing/auth/admit.ts";
const versions = "src/testing/wire/apiVersion.ts";
const router = "src/testing/wire/dispatch.ts";
const reader = "src/testing/wire/requestBody.ts";
const teamsUser = "src/testing/operations/teamsUser.ts";
const teamsExtension = "src/testing/operations/teamsExtension.ts";
const entraAssignments = "src/testing/operations/entraAssignments.ts";

const create = (as: string, more: Partial<Step> = {}): Step => ({
  method: "POST",
  path: `/identities?${stable}`,
  byClient: true,
  as,
  ...more,
});
const issue = (user: string, body: JsonValue, more: Partial<Step> = {}): Step => ({
  method: "POST",
  path: `/identities/{${user}}/:issueAccessToken?${stable}`,
  body,
  byClient: true,
  ...more,
});
const revoke = (user: string, more: Partial<Step> = {}): Step => ({
  method: "POST",
  path: `/identities/{${user}}/:revokeAccessTokens?${stable}`,
  byClient: true,
  ...more,
});
const remove = (user: string, more: Partial<Step> = {}): Step => ({
  method: "DELETE",
  path: `/identities/{${user}}?${stable}`,
  byClient: true,
  ...more,
});

/** Each of these is asked with a token request, a revocation and a deletion. */
const wrongUsers: Readonly<Record<string, string>> = {
  foreign: "a user of another resource",
  unknown: "a user of this resource that was never created",
  malformed: "an id that isn't one",
};

const operations: Case[] = [
  { name: "createUser", decidedBy: identities, steps: [create("user")] },
  {
    name: "createUserAndToken",
    decidedBy: identities,
    steps: [create("other", { body: { createTokenWithScopes: ["chat", "voip"], expiresInMinutes: 60 } })],
  },
  { name: "getToken", decidedBy: tokens, steps: [issue("user", { scopes: ["voip"] })] },
  {
    name: "getToken, verified with the published keys",
    decidedBy: "src/testing/serviceTable.ts",
    steps: [issue("user", { scopes: ["chat"] }, { verifies: true })],
  },
  {
    name: "revokeTokens, and a token after it",
    decidedBy: identities,
    steps: [revoke("user"), issue("user", { scopes: ["voip"] }, { isSetup: true })],
  },
  { name: "deleteUser", decidedBy: identities, steps: [remove("other")] },
  {
    name: "a user that was deleted",
    decidedBy: identities,
    steps: [issue("other", { scopes: ["voip"] }), revoke("other"), remove("other")],
  },
];

const scopes: Case[] = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"].map((scope) => ({
  name: `scope ${scope}`,
  decidedBy: tokens,
  steps: [issue("user", { scopes: [scope] })],
}));
scopes.push(
  { name: "two scopes", decidedBy: tokens, steps: [issue("user", { scopes: ["voip", "chat"] })] },
  { name: "no scopes", decidedBy: request, steps: [issue("user", { scopes: [] })] },
  {
    name: "scopes that are null",
    decidedBy: request,
    steps: [issue("user", { scopes: null }, { byClient: false })],
  },
  { name: "an unknown scope", decidedBy: request, steps: [issue("user", { scopes: ["video"] })] },
);

const lifetimes: Case[] = [59, 60, 1440, 1441].map((expiresInMinutes) => ({
  name: `${expiresInMinutes} minutes`,
  decidedBy: request,
  steps: [issue("user", { scopes: ["voip"], expiresInMinutes })],
}));
lifetimes.push({
  name: "59 minutes for a new user",
  decidedBy: request,
  steps: [create("none", { body: { createTokenWithScopes: ["chat"], expiresInMinutes: 59 } })],
});

const users: Case[] = Object.entries(wrongUsers).map(([user, name]) => ({
  name,
  decidedBy: identities,
  steps: [issue(user, { scopes: ["voip"] }), revoke(user), remove(user)],
}));

const byKey: Readonly<Partial<Record<Signing, string>>> = {
  wrongKey: "another key",
  oldDate: "a date 16 minutes ago",
  newDate: "a date in 16 minutes",
  otherHost: "a signature for another host",
  otherBody: "a signature for another body",
  noDate: "no x-ms-date",
  noContentHash: "no x-ms-content-sha256",
};
const authenticated: Case[] = [
  ...Object.entries(byKey).map(([signing, name]) => ({
    name,
    signing: signing as Signing,
    needs: "key" as const,
  })),
  { name: "no credentials", signing: "none" as const },
  { name: "a bearer token that isn't one", signing: "garbageToken" as const },
].map(({ name, signing, ...more }) => ({
  name,
  ...more,
  decidedBy: authentication,
  steps: [issue("user", { scopes: ["voip"] }, { signing, byClient: false })],
}));

const path = (query: string) => `/identities/{user}/:issueAccessToken${query}`;
const versioned: Case[] = [
  ...apiVersions.map((version) => ({
    name: `version ${version}`,
    decidedBy: versions,
    steps: [
      issue("user", { scopes: ["voip"] }, { path: path(`?api-version=${version}`) }),
      create(`user of ${version}`, { path: `/identities?api-version=${version}` }),
      remove(`user of ${version}`, { path: `/identities/{user of ${version}}?api-version=${version}` }),
    ],
  })),
  ...Object.entries({
    "an unknown version": "?api-version=2019-01-01",
    "no version": "",
    "two versions": `?${stable}&api-version=2022-10-01`,
    "a version in capitals": "?API-VERSION=2023-10-01",
  }).map(([name, query]) => ({
    name,
    decidedBy: versions,
    steps: [issue("user", { scopes: ["voip"] }, { path: path(query), byClient: false })],
  })),
];

const customIds: Case[] = [
  {
    name: "customId, twice the same",
    decidedBy: identities,
    steps: [
      create("custom 1", {
        path: `/identities?${preview}`,
        body: { customId: "{customId}" },
        byClient: false,
      }),
      create("custom 2", {
        path: `/identities?${preview}`,
        body: { customId: "{customId}" },
        byClient: false,
        sameAs: "custom 1",
      }),
    ],
  },
  {
    name: "getUserDetail before and after a token",
    decidedBy: identities,
    steps: [
      { method: "GET", path: `/identities/{custom 1}?${preview}` },
      issue("custom 1", { scopes: ["voip"] }, { isSetup: true }),
      { method: "GET", path: `/identities/{custom 1}?${preview}` },
    ],
  },
  {
    name: "getUserDetail of a user that was never created",
    decidedBy: identities,
    steps: [{ method: "GET", path: `/identities/{unknown}?${preview}` }],
  },
];

const requests: Case[] = [
  {
    name: "an unknown path",
    decidedBy: router,
    steps: [{ method: "POST", path: `/identities/{user}/:nothing?${stable}`, body: {} }],
  },
  {
    name: "a method that the path doesn't have",
    decidedBy: router,
    steps: [{ method: "PUT", path: `/identities?${stable}`, body: {} }],
  },
  { name: "a body that isn't JSON", decidedBy: reader, steps: [issue("user", "{", { byClient: false })] },
  { name: "no body", decidedBy: reader, steps: [{ method: "POST", path: path(`?${stable}`) }] },
  {
    name: "another content type",
    decidedBy: reader,
    steps: [
      issue("user", { scopes: ["voip"] }, { headers: { "content-type": "text/plain" }, byClient: false }),
    ],
  },
  {
    name: "a member of the wrong type",
    decidedBy: reader,
    steps: [issue("user", { scopes: "voip" }, { byClient: false })],
  },
  {
    name: "CORS preflight",
    decidedBy: router,
    steps: [
      {
        method: "OPTIONS",
        path: path(`?${stable}`),
        headers: {
          origin: "https://app.contoso.com",
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,x-ms-content-sha256,x-ms-date",
        },
        signing: "none",
      },
    ],
  },
];

const exchange = (token: string, more: object = {}): Step => ({
  method: "POST",
  path: `/teamsUser/:exchangeAccessToken?${stable}`,
  body: { token, appId: "{clientId}", userId: "{userId}", ...more },
  byClient: true,
});
const teams: Case[] = [
  {
    name: "getTokenForTeamsUser without a token",
    decidedBy: teamsUser,
    steps: [{ ...exchange(""), byClient: false }],
  },
  {
    name: "getTokenForTeamsUser with a token that isn't one",
    decidedBy: teamsUser,
    steps: [exchange("invalid")],
  },
  { name: "getTokenForTeamsUser", decidedBy: teamsUser, needs: "teams", steps: [exchange("{teamsToken}")] },
  {
    name: "getTokenForTeamsUser for another application",
    decidedBy: teamsUser,
    needs: "teams",
    steps: [exchange("{teamsToken}", { appId: "{objectId}" })],
  },
  {
    name: "getTokenForTeamsUser for another user",
    decidedBy: teamsUser,
    needs: "teams",
    steps: [exchange("{teamsToken}", { userId: "{objectId}" })],
  },
];

/** Asks for an assignment before, while and after it is there. */
function assignmentSteps(place: string, body: JsonValue, byClient: boolean): Step[] {
  const get: Step = { method: "GET", path: place, byClient };
  return [
    get,
    { method: "PUT", path: place, body, byClient, undo: place },
    get,
    { method: "DELETE", path: place, byClient },
    { method: "DELETE", path: place, byClient },
    get,
  ];
}

const extension = `/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}?${preview}`;
const entra = `/access/entra/assignments/{objectId}?${preview}`;
// The list may have other assignments, so only the one that is patched is asked for.
const patch = (change: JsonValue): Step => ({
  method: "PATCH",
  path: `/access/entra/assignments?${preview}`,
  headers: { "content-type": "application/merge-patch+json" },
  body: { "{objectId}": change },
  undo: entra,
  comparesStatusOnly: true,
});
const assignments: Case[] = [
  {
    name: "a Teams extension assignment",
    decidedBy: teamsExtension,
    needs: "tenant",
    steps: assignmentSteps(extension, { principalType: "user", clientIds: ["{clientId}"] }, true),
  },
  {
    name: "a Teams extension assignment of another kind",
    decidedBy: teamsExtension,
    needs: "tenant",
    steps: [{ method: "PUT", path: extension, body: { principalType: "robot" }, undo: extension }],
  },
  {
    name: "an object id that isn't one",
    decidedBy: teamsExtension,
    needs: "tenant",
    steps: [{ method: "GET", path: extension.replace("{objectId}", "nobody") }],
  },
  {
    name: "an Entra assignment",
    decidedBy: entraAssignments,
    needs: "tenant",
    steps: assignmentSteps(
      entra,
      { tenantId: "{tenantId}", principalType: "user", clientIds: ["{clientId}"] },
      false,
    ),
  },
  {
    name: "an Entra assignment, added and removed by a patch",
    decidedBy: entraAssignments,
    needs: "tenant",
    steps: [
      patch({ tenantId: "{tenantId}", principalType: "user", clientIds: ["{clientId}"] }),
      patch(null),
      { method: "GET", path: entra },
    ],
  },
];

/** All cases, in the order in which they run: later ones use the users of earlier ones. */
export const cases: readonly Case[] = [
  ...operations,
  ...scopes,
  ...lifetimes,
  ...users,
  ...authenticated,
  ...versioned,
  ...customIds,
  ...requests,
  ...teams,
  ...assignments,
];
