import type { StoredBody } from "./vectors.js";

/** The input of a vector. makeVectors.ts adds the hash, the string to sign and the signature. */
export interface VectorInput {
  readonly name: string;
  readonly key?: string;
  readonly method: string;
  readonly url: string;
  readonly date?: string;
  readonly body?: StoredBody;
}

export interface ToleratedVectorInput extends VectorInput {
  readonly tolerance: string;
  /** The signed values that differ from those of the URL. */
  readonly signedHost?: string;
  readonly signedTarget?: string;
}

/** Returns the bytes 0 to length - 1 in base64, a test key that can't be mistaken for a real one. */
function countingKey(length: number): string {
  return Buffer.from(Array.from({ length }, (_, index) => index)).toString("base64");
}

export const testKey: string = countingKey(32);
export const testDate = "Mon, 13 Mar 2023 09:47:52 GMT";

const endpoint = "https://my-resource.communication.azure.com";
const resourceId = "2dee53b4-368b-45b4-ab52-8493fb117652";
const user = `8%3Aacs%3A${resourceId}_00000005-14a2-493b-8a72-5a3a0d000081`;
const tenantId = "11111111-1111-1111-1111-111111111111";
const objectId = "22222222-2222-2222-2222-222222222222";
const appId = "33333333-3333-3333-3333-333333333333";
const assignment = `${endpoint}/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}`;
const entraAssignments = `${endpoint}/access/entra/assignments`;
const stable = "?api-version=2023-10-01";
const extension = "?api-version=2026-09-23";
const preview = "?api-version=2025-03-02-preview";

const operations: readonly VectorInput[] = [
  { name: "create user without a body", method: "POST", url: `${endpoint}/identities${stable}` },
  {
    name: "create user with an empty object",
    method: "POST",
    url: `${endpoint}/identities${stable}`,
    body: "{}",
  },
  {
    name: "create user and token",
    method: "POST",
    url: `${endpoint}/identities${stable}`,
    body: '{"createTokenWithScopes":["chat.join","voip.join"],"expiresInMinutes":1440}',
  },
  {
    name: "create user with a customId",
    method: "POST",
    url: `${endpoint}/identities${preview}`,
    body: '{"customId":"alice@contoso.com"}',
  },
  { name: "get user", method: "GET", url: `${endpoint}/identities/${user}${preview}` },
  {
    name: "get token",
    method: "POST",
    url: `${endpoint}/identities/${user}/:issueAccessToken${stable}`,
    body: '{"scopes":["chat"],"expiresInMinutes":60}',
  },
  {
    name: "revoke tokens",
    method: "POST",
    url: `${endpoint}/identities/${user}/:revokeAccessTokens${extension}`,
  },
  { name: "delete user", method: "DELETE", url: `${endpoint}/identities/${user}${stable}` },
  {
    name: "get token for Teams user",
    method: "POST",
    url: `${endpoint}/teamsUser/:exchangeAccessToken${stable}`,
    body: `{"token":"entra-token","appId":"${appId}","userId":"${objectId}"}`,
  },
  {
    name: "exchange Teams Extension token",
    method: "POST",
    url: `${endpoint}/access/teamsExtension/:exchangeAccessToken${extension}`,
    body: "{}",
  },
  { name: "get Teams Extension assignment", method: "GET", url: `${assignment}${extension}` },
  {
    name: "upsert Teams Extension assignment",
    method: "PUT",
    url: `${assignment}${extension}`,
    body: `{"principalType":"user","clientIds":["${appId}"]}`,
  },
  { name: "delete Teams Extension assignment", method: "DELETE", url: `${assignment}${extension}` },
  {
    name: "exchange Entra ID token",
    method: "POST",
    url: `${endpoint}/access/entra/:exchangeAccessToken${preview}`,
    body: "{}",
  },
  { name: "list Entra ID assignments", method: "GET", url: `${entraAssignments}${preview}` },
  {
    name: "update Entra ID assignments",
    method: "PATCH",
    url: `${entraAssignments}${preview}`,
    body: `{"${objectId}":null}`,
  },
  { name: "get Entra ID assignment", method: "GET", url: `${entraAssignments}/${objectId}${preview}` },
  {
    name: "upsert Entra ID assignment",
    method: "PUT",
    url: `${entraAssignments}/${objectId}${preview}`,
    body: `{"tenantId":"${tenantId}","principalType":"group","clientIds":[]}`,
  },
  { name: "delete Entra ID assignment", method: "DELETE", url: `${entraAssignments}/${objectId}${preview}` },
];

const edges: readonly VectorInput[] = [
  {
    name: "body beyond ASCII",
    method: "POST",
    url: `${endpoint}/identities${preview}`,
    body: '{"customId":"Jürgen 😀 漢字"}',
  },
  {
    name: "body with line feeds",
    method: "POST",
    url: `${endpoint}/identities${stable}`,
    body: '{\r\n  "a": 1\n}\n',
  },
  {
    name: "long body",
    method: "POST",
    url: `${endpoint}/identities${stable}`,
    body: { repeat: "a", times: 10_240 },
  },
  { name: "other port", method: "POST", url: `https://localhost:8443/identities${stable}` },
  { name: "default port of https", method: "POST", url: `https://localhost:443/identities${stable}` },
  { name: "default port of http", method: "POST", url: `http://127.0.0.1:80/identities${stable}` },
  { name: "IPv6 host", method: "POST", url: `http://[::1]:8080/identities${stable}` },
  {
    name: "query with percent forms",
    method: "GET",
    url: `${endpoint}/identities${stable}&q=a%20b~c:d(e)*$f;g&r=%7E%3A%28%29%2A%24%3B%2B%2f&s=+`,
  },
  {
    name: "query with an item that has no value",
    method: "GET",
    url: `${endpoint}/identities${stable}&flag&empty=`,
  },
  {
    name: "path with a colon as it is",
    method: "DELETE",
    url: `${endpoint}/identities/${decodeURIComponent(user)}${stable}`,
  },
  {
    name: "path with percent forms beyond ASCII",
    method: "DELETE",
    url: `${endpoint}/identities/8%3Aacs%3Aa%20b%2Fc_d%25%3F%23%C3%BC${stable}`,
  },
  { name: "no path", method: "GET", url: `${endpoint}${stable}` },
  { name: "no path and no query", method: "GET", url: endpoint },
  { name: "key of 1 byte", key: countingKey(1), method: "POST", url: `${endpoint}/identities${stable}` },
  { name: "key of 64 bytes", key: countingKey(64), method: "POST", url: `${endpoint}/identities${stable}` },
  { name: "key of 65 bytes", key: countingKey(65), method: "POST", url: `${endpoint}/identities${stable}` },
  {
    name: "first second of a year",
    method: "POST",
    url: `${endpoint}/identities${stable}`,
    date: "Sun, 01 Jan 2023 00:00:00 GMT",
  },
];

export const vectorInputs: readonly VectorInput[] = [...operations, ...edges];

export const toleratedVectorInputs: readonly ToleratedVectorInput[] = [
  {
    name: "host without its port",
    tolerance: "hostWithoutPort",
    method: "POST",
    url: `https://localhost:8443/identities${stable}`,
    signedHost: "localhost",
  },
  {
    name: "path decoded",
    tolerance: "decodedTarget",
    method: "DELETE",
    url: `${endpoint}/identities/${user}${stable}`,
    signedTarget: `/identities/${decodeURIComponent(user)}${stable}`,
  },
  {
    name: "query encoded as a form",
    tolerance: "formEncodedQuery",
    method: "GET",
    url: `${endpoint}/identities${stable}&q=a%20b`,
    signedTarget: `/identities${stable}&q=a+b`,
  },
];

export const hmacInputs: readonly { readonly name: string; readonly key: string; readonly text: string }[] = [
  { name: "empty", key: "pw==", text: "" },
  { name: "zero byte key", key: countingKey(1), text: "banana" },
  { name: "text beyond ASCII", key: testKey, text: "Jürgen 😀 漢字" },
];

export const contentHashInputs: readonly { readonly name: string; readonly text: string }[] = [
  { name: "empty object", text: "{}" },
  { name: "text beyond ASCII", text: '{"customId":"Jürgen 😀 漢字"}' },
  { name: "byte order mark", text: "\uFEFF{}" },
];
