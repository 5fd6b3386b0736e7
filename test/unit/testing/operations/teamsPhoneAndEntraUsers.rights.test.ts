import { expect, it } from "vitest";
import type { FakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../helpers/testing/ask.js";
import { setUp as setUpSignIn } from "../entra/signInForm.js";
import { expectedOf, prepare, type SetUp, type SignIn, setUps } from "./exchangeSetUps.js";

/** A service, and how a user signs in and exchanges the token. */
function start() {
  const { service, signIn, redeem } = setUpSignIn();
  /** Returns the token, or Entra's error. */
  async function tokenOf({ tenantId, clientId: client_id, username: login_hint, scope }: SignIn) {
    const outcome = await signIn({ client_id, login_hint, scope }, tenantId);
    const { code, error_description: error } = "redirect" in outcome ? outcome.redirect.parameters : {};
    if (code === undefined) return { token: "", error };
    return { token: (await redeem(code, { client_id }, tenantId)).body.access_token };
  }
  const exchange = (token: string) =>
    ask(service, {
      method: "POST",
      target: "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
      body: {},
      bearer: token,
    });
  return { service, tokenOf, exchange };
}

/** Each word names a value of a set-up. */
const title = ({ principal, application, permission, tenant, servicePrincipal }: SetUp) =>
  `${principal}, ${application} application, ${permission}, ${tenant} tenant, ${servicePrincipal ? "with" : "without"} service principal`;

it("the set-ups of the following exchanges are 128 different ones", () => {
  expect(new Set(setUps.map(title)).size).toBe(128);
});

it.each(setUps.map((setUp) => [title(setUp), setUp] as const))("exchange of %s", async (_, setUp) => {
  const { service, tokenOf, exchange } = start();
  const by = prepare(service, setUp, 1);
  const { entraError, diagnosis, scopes } = expectedOf(setUp);
  const { token, error } = await tokenOf(by);
  if (entraError) {
    expect(error).toMatch(entraError);
    return;
  }
  let reply = await exchange(token);
  if (scopes) {
    expect(reply.status).toBe(200);
    const inspection = await service.inspectToken(reply.body.accessToken.token);
    expect(inspection.scopes?.toSorted()).toEqual(scopes);
    return;
  }
  expect(reply).toMatchObject({ status: 403, body: { error: { code: "Forbidden" } } });
  expect(reply.diagnosis).toMatch(diagnosis ?? /never/);
  // Whoever does what the diagnoses say has a token in the end: each condition fails once at most.
  let latest = token;
  for (let mended = 0; mended < 4 && reply.status !== 200; mended++) {
    const scope = await mend(service, reply.diagnosis);
    if (scope) latest = (await tokenOf({ ...by, scope })).token;
    reply = await exchange(latest);
  }
  expect(reply.status).toBe(200);
});

/** Sends the request that a diagnosis names. Returns the scope to sign in with if it names that instead. */
async function mend(service: FakeIdentityService, diagnosis: string | null): Promise<string | undefined> {
  const [, scope] = /ask for the scope (\S+)$/.exec(diagnosis ?? "") ?? [];
  if (scope) return scope;
  const [, method = "", path = "", body = ""] = /(PUT|POST) (\/\S+) (\{.*\})$/.exec(diagnosis ?? "") ?? [];
  if (path === "/_emulator/entra/groups") service.entra.setGroup(JSON.parse(body));
  else expect([200, 201]).toContain((await ask(service, { method, target: path, body })).status);
  return undefined;
}

it("counts the assignment of a token's user until it's removed, like Microsoft's own application", async () => {
  const { service, tokenOf, exchange } = start();
  const { tenantId, clientId } = service.entra;
  const scope = "https://communication.azure.com/clients/VoIP";
  const { token } = await tokenOf({ tenantId, clientId, username: "bob@contoso.com", scope });
  const { status, body } = await exchange(token);
  expect(status).toBe(200);
  service.entra.deleteAssignment(tenantId.toUpperCase());
  expect((await exchange(token)).status).toBe(403);
  expect(await service.inspectToken(body.accessToken.token)).toMatchObject({ valid: true });
});
