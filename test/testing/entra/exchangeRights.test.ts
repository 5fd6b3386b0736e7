import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../src/testing/index.js";
import { ask, type Reply } from "../ask.js";
import { expectedOf, prepare, type SetUp, type SignIn, setUps } from "./exchangeRights.js";
import { askToken } from "./form.js";

const verifier = "a-verifier-that-is-as-long-as-the-standard-wants-it";
const redirectUri = "http://localhost:3000/auth";
const target = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";

/** Signs in as a browser does. Returns the token, or Entra's error. */
async function signIn(
  service: FakeIdentityService,
  { tenantId, clientId, username, scope }: SignIn,
): Promise<{ token: string; error?: string }> {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope,
    login_hint: username,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const request = new Request(`${service.entra.authorityHost}/${tenantId}/oauth2/v2.0/authorize?${query}`);
  const { headers } = await service.fetch(request);
  const { searchParams } = new URL(headers.get("location") ?? "");
  const error = searchParams.get("error_description");
  if (error !== null) return { token: "", error };
  const { body } = await askToken(
    service,
    {
      client_id: clientId,
      grant_type: "authorization_code",
      code: searchParams.get("code") ?? "",
      redirect_uri: redirectUri,
      code_verifier: verifier,
    },
    tenantId,
  );
  return { token: body.access_token };
}

/** Each word names a value of a set-up. */
const title = ({ principal, application, permission, tenant, servicePrincipal }: SetUp) =>
  `${principal}, ${application} application, ${permission}, ${tenant} tenant, ${servicePrincipal ? "with" : "without"} service principal`;

it("there are 128 set-ups", () => {
  expect(new Set(setUps.map(title)).size).toBe(128);
});

it.each(setUps.map((setUp) => [title(setUp), setUp] as const))("exchange of %s", async (_, setUp) => {
  const service = createFakeIdentityService();
  const by = prepare(service, setUp, 1);
  const { entraError, diagnosis, scopes } = expectedOf(setUp);
  const { token, error } = await signIn(service, by);
  if (entraError) {
    expect(error).toMatch(entraError);
    return;
  }
  const exchange = (by: string) =>
    ask(service, { method: "POST", target, body: {}, headers: { authorization: `Bearer ${by}` } });
  let reply = await exchange(token);
  if (scopes) {
    expect(reply.status).toBe(200);
    const inspection = await service.inspectToken(reply.body.accessToken.token);
    expect(inspection.scopes?.toSorted()).toEqual(scopes);
    return;
  }
  expect([reply.status, reply.body.error.code]).toEqual([403, "Forbidden"]);
  expect(diagnosisOf(reply)).toMatch(diagnosis ?? /never/);
  // Whoever does what the diagnoses say has a token in the end: each condition fails once at most.
  let latest = token;
  for (let mended = 0; mended < 4 && reply.status !== 200; mended++) {
    const scope = await mend(service, diagnosisOf(reply));
    if (scope) latest = (await signIn(service, { ...by, scope })).token;
    reply = await exchange(latest);
  }
  expect(reply.status).toBe(200);
});

const diagnosisOf = ({ headers }: Reply): string => headers.get("x-ms-emulator-diagnosis") ?? "";

/** Sends the request that a diagnosis names. Returns the scope to sign in with if it names that instead. */
async function mend(service: FakeIdentityService, diagnosis: string): Promise<string | undefined> {
  const [, scope] = /ask for the scope (\S+)$/.exec(diagnosis) ?? [];
  if (scope) return scope;
  const [, method = "", path = "", body = ""] = /(PUT|POST) (\/\S+) (\{.*\})$/.exec(diagnosis) ?? [];
  if (path === "/_emulator/entra/groups") service.entra.setGroup(JSON.parse(body));
  else expect([200, 201]).toContain((await ask(service, { method, target: path, body })).status);
  return undefined;
}

it("counts the assignment of a token's user until it's removed, like Microsoft's own application", async () => {
  const service = createFakeIdentityService();
  const { tenantId, clientId } = service.entra;
  const scope = "https://communication.azure.com/clients/VoIP";
  const { token } = await signIn(service, { tenantId, clientId, username: "bob@contoso.com", scope });
  const exchange = () =>
    ask(service, { method: "POST", target, body: {}, headers: { authorization: `Bearer ${token}` } });
  const { status, body } = await exchange();
  expect(status).toBe(200);
  service.entra.deleteAssignment(tenantId.toUpperCase());
  expect((await exchange()).status).toBe(403);
  expect(await service.inspectToken(body.accessToken.token)).toMatchObject({ valid: true });
});
