import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../src/testing/index.js";
import { ask, type Question, type Reply } from "./ask.js";
import { askToken, clientForm, decode } from "./entra/form.js";

const redirectUri = "http://localhost:3000/";

/** Lets Alice sign in, renews her tokens, and returns the new access token. The clock jumps between any two steps. */
async function signIn(service: FakeIdentityService, scope: string, jump: () => void): Promise<string> {
  const { tenantId, clientId } = service.entra;
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: `${scope} openid offline_access`,
    login_hint: "alice@contoso.com",
  });
  const { headers } = await service.fetch(`${service.endpoint}${tenantId}/oauth2/v2.0/authorize?${query}`);
  const code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
  const grant = async (fields: Record<string, string>) => {
    jump();
    const { body } = await askToken(service, { ...clientForm(service), ...fields });
    expect(body.error_description).toBeUndefined();
    for (const token of [body.access_token, body.id_token].map(decode))
      expect(token.exp - token.iat).toBe(3600);
    return body;
  };
  const first = await grant({ grant_type: "authorization_code", code, redirect_uri: redirectUri });
  return (await grant({ grant_type: "refresh_token", refresh_token: first.refresh_token })).access_token;
}

/** Sends a request with a bearer token. The clock jumps before. */
function askWith(service: FakeIdentityService, token: string, jump: () => void, question: Partial<Question>) {
  jump();
  const headers = { authorization: `Bearer ${token}` };
  return ask(service, { method: "POST", target: "", body: {}, headers, ...question });
}

const create = { target: "/identities?api-version=2023-10-01", body: { createTokenWithScopes: ["chat"] } };
const teams = "https://auth.msft.communication.azure.com";

/** How one gets each kind of token, and how many minutes it lives. */
const flows: Readonly<
  Record<string, [number, (service: FakeIdentityService, jump: () => void) => Promise<Reply>]>
> = {
  "of a signed request": [1440, (service) => ask(service, { method: "POST", ...create })],
  "of a credential": [
    1440,
    async (service, jump) => {
      const token = await service
        .createTokenCredential()
        .getToken("https://communication.azure.com/.default");
      return askWith(service, token?.token ?? "", jump, create);
    },
  ],
  "of a Teams user": [
    64,
    async (service, jump) => {
      const [clientId, userObjectId] = [service.entra.clientId, crypto.randomUUID()];
      const token = await service.createTeamsUserToken({ clientId, userObjectId });
      jump();
      const target = "/teamsUser/:exchangeAccessToken?api-version=2023-10-01";
      return ask(service, { method: "POST", target, body: { token, appId: clientId, userId: userObjectId } });
    },
  ],
  "of a Teams user who signed in": [
    60,
    async (service, jump) => {
      const token = await signIn(service, `${teams}/Teams.ManageCalls`, jump);
      jump();
      const target = "/teamsUser/:exchangeAccessToken?api-version=2023-10-01";
      const { appid: appId, oid: userId } = decode(token);
      return ask(service, { method: "POST", target, body: { token, appId, userId } });
    },
  ],
  "of Teams Phone extensibility": [
    60,
    async (service, jump) => {
      const token = await signIn(service, `${teams}/TeamsExtension.ManageCalls`, jump);
      const { tid, oid } = decode(token);
      await ask(service, {
        method: "PUT",
        target: `/access/teamsExtension/tenants/${tid}/assignments/${oid}?api-version=2025-06-30`,
        body: { principalType: "user" },
      });
      const target = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
      return askWith(service, token, jump, { target });
    },
  ],
  "of an Entra user": [
    60,
    async (service, jump) => {
      const token = await signIn(service, "https://communication.azure.com/clients/VoIP", jump);
      const target = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";
      return askWith(service, token, jump, { target });
    },
  ],
};

it.each(Object.entries(flows))(
  "a token %s is valid when it is issued, for what is left of its bearer's life, however the clock is set",
  async (_, [minutes, flow]) => {
    const offset = fc.record({ hours: fc.double({ min: -24 * 365, max: 24 * 365, noNaN: true }) });
    const clock = fc.record({
      now: fc.option(
        fc.date({ min: new Date("1975-01-01"), max: new Date("2095-01-01"), noInvalidDate: true }),
      ),
      offset,
      jumps: fc.array(offset, { minLength: 1, maxLength: 5 }),
      toleranceInMinutes: fc.double({ min: 10, max: 600, noNaN: true }),
      skew: fc.double({ min: -0.9, max: 0.9, noNaN: true }),
      isFrozen: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(clock, async ({ now, jumps, toleranceInMinutes, ...times }) => {
        const service = createFakeIdentityService({
          dateToleranceInMinutes: toleranceInMinutes,
          ...(now && { now }),
        });
        service.clock.skew({ minutes: times.skew * toleranceInMinutes });
        service.clock.advance(times.offset);
        if (times.isFrozen) service.clock.freeze();
        let step = 0;
        const jump = () => service.clock.advance(jumps[step++ % jumps.length] ?? {});
        const { status, body, headers } = await flow(service, jump);
        expect([status < 300, headers.get("x-ms-emulator-diagnosis")]).toEqual([true, null]);
        const { token, expiresOn } = body.accessToken ?? body;
        const inspection = await service.inspectToken(token);
        expect(inspection).toMatchObject({ valid: true });
        expect(inspection.expiresOn?.getTime()).toBeGreaterThan(inspection.issuedAt?.getTime() ?? Infinity);
        const left = (Date.parse(expiresOn) - service.clock.now().getTime()) / 60_000;
        expect(left).toBeGreaterThan(minutes - 1);
        expect(left).toBeLessThanOrEqual(minutes);
      }),
      { numRuns: 20 },
    );
  },
);
