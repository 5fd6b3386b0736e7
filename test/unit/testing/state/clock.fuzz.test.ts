import fc from "fast-check";
import { expect, it } from "vitest";
import { ask, type Question, type Reply } from "../../../helpers/testing/ask.js";
import { clientForm, decode, type TokenReply } from "../entra/form.js";
import { type SetUp, setUp } from "../entra/signInForm.js";

/** Lets Alice sign in, renews her tokens, and returns the new access token. The clock jumps between any two steps. */
async function signIn(
  { service, code, redeem, refresh }: SetUp,
  scope: string,
  jump: () => void,
): Promise<string> {
  const given = await code({ scope: `${scope} openid offline_access`, code_challenge: "" });
  const credentials = { ...clientForm(service), code_verifier: "" };
  const granted = async (ask: () => Promise<TokenReply>) => {
    jump();
    const { body } = await ask();
    expect(body.error_description).toBeUndefined();
    for (const token of [body.access_token, body.id_token].map(decode))
      expect(token.exp - token.iat).toBe(3600);
    return body;
  };
  const { refresh_token } = await granted(() => redeem(given, credentials));
  return (await granted(() => refresh(refresh_token, credentials))).access_token;
}

/** Sends a request with a bearer token. The clock jumps before. */
function askWith({ service }: SetUp, token: string, jump: () => void, question: Partial<Question>) {
  jump();
  return ask(service, { method: "POST", target: "", body: {}, bearer: token, ...question });
}

const create = { target: "/identities?api-version=2023-10-01", body: { createTokenWithScopes: ["chat"] } };
const teams = "https://auth.msft.communication.azure.com";

/** How one gets each kind of token, and how many minutes it lives. */
const flows: Readonly<Record<string, [number, (by: SetUp, jump: () => void) => Promise<Reply>]>> = {
  "of a signed request": [1440, ({ service }) => ask(service, { method: "POST", ...create })],
  "of a credential": [
    1440,
    async (by, jump) => {
      const token = await by.service
        .createTokenCredential()
        .getToken("https://communication.azure.com/.default");
      return askWith(by, token?.token ?? "", jump, create);
    },
  ],
  "of a Teams user": [
    64,
    async ({ service }, jump) => {
      const [clientId, userObjectId] = [service.entra.clientId, crypto.randomUUID()];
      const token = await service.createTeamsUserToken({ clientId, userObjectId });
      jump();
      const target = "/teamsUser/:exchangeAccessToken?api-version=2023-10-01";
      return ask(service, { method: "POST", target, body: { token, appId: clientId, userId: userObjectId } });
    },
  ],
  "of a Teams user who signed in": [
    60,
    async (by, jump) => {
      const token = await signIn(by, `${teams}/Teams.ManageCalls`, jump);
      jump();
      const target = "/teamsUser/:exchangeAccessToken?api-version=2023-10-01";
      const { appid: appId, oid: userId } = decode(token);
      return ask(by.service, { method: "POST", target, body: { token, appId, userId } });
    },
  ],
  "of Teams Phone extensibility": [
    60,
    async (by, jump) => {
      const token = await signIn(by, `${teams}/TeamsExtension.ManageCalls`, jump);
      const { tid, oid } = decode(token);
      await ask(by.service, {
        method: "PUT",
        target: `/access/teamsExtension/tenants/${tid}/assignments/${oid}?api-version=2025-06-30`,
        body: { principalType: "user" },
      });
      const target = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
      return askWith(by, token, jump, { target });
    },
  ],
  "of an Entra user": [
    60,
    async (by, jump) => {
      const token = await signIn(by, "https://communication.azure.com/clients/VoIP", jump);
      const target = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";
      return askWith(by, token, jump, { target });
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
        const by = setUp({ dateToleranceInMinutes: toleranceInMinutes, ...(now && { now }) });
        const { service } = by;
        service.clock.skew({ minutes: times.skew * toleranceInMinutes });
        service.clock.advance(times.offset);
        if (times.isFrozen) service.clock.freeze();
        let step = 0;
        const jump = () => service.clock.advance(jumps[step++ % jumps.length] ?? {});
        const { status, body, diagnosis } = await flow(by, jump);
        expect([status < 300, diagnosis]).toEqual([true, null]);
        const { token, expiresOn } = body.accessToken ?? body;
        const inspection = await service.inspectToken(token);
        expect(inspection).toMatchObject({ valid: true });
        expect(inspection.expiresOn?.getTime()).toBeGreaterThan(inspection.issuedAt?.getTime() ?? Infinity);
        const left = (Date.parse(expiresOn) - service.clock.now().getTime()) / 60_000;
        expect(left).toBeGreaterThan(minutes - 1);
        expect(left).toBeLessThanOrEqual(minutes);
      }),
      { numRuns: 10 },
    );
  },
);
