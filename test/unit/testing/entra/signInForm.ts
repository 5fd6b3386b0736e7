import { createHash } from "node:crypto";
import { authorize } from "../../../../src/testing/entra/flows/authorize.js";
import {
  type FakeIdentityService,
  toFakeIdentityService,
} from "../../../../src/testing/fakeIdentityService.js";
import type { FakeIdentityServiceOptions } from "../../../../src/testing/index.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import { askToken, type TokenReply } from "./form.js";

/** Has each kind of character that the standard allows. */
export const verifier = "A-verifier.that_is~as-long-as-the-standard-wants-it-0";
export const challenge: string = createHash("sha256").update(verifier).digest("base64url");
export const redirectUri = "http://localhost:3000/auth";
export const teams = "https://auth.msft.communication.azure.com/Teams.ManageCalls";

export type Fields = Readonly<Record<string, string>>;

/** A service, and what a browser and a client do to sign Alice in. A field of "" is left out. */
export interface SetUp {
  readonly service: FakeIdentityService;
  signIn(changes?: Fields, tenant?: string): ReturnType<typeof authorize>;
  code(changes?: Fields): Promise<string>;
  redeem(code: string, changes?: Fields, tenant?: string): Promise<TokenReply>;
  refresh(token: string, changes?: Fields): Promise<TokenReply>;
}

export function setUp(options: FakeIdentityServiceOptions = {}): SetUp {
  const fake = createFake(options);
  const service = toFakeIdentityService(fake);
  const { tenantId, clientId: client_id } = service.entra;
  const query = {
    client_id,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: `openid profile offline_access ${teams}`,
    code_challenge: challenge,
    code_challenge_method: "S256",
    login_hint: "alice@contoso.com",
    state: "a state",
    nonce: "a nonce",
  };
  const signIn: SetUp["signIn"] = (changes = {}, tenant = tenantId) =>
    authorize(fake, {
      tenant,
      authorityHost: service.entra.authorityHost,
      parameters: new URLSearchParams(
        Object.entries({ ...query, ...changes }).filter(([, value]) => value !== ""),
      ),
    });
  const code = async (changes?: Fields): Promise<string> => {
    const outcome = await signIn(changes);
    return "redirect" in outcome ? (outcome.redirect.parameters.code ?? "") : "";
  };
  const redeem: SetUp["redeem"] = (given, changes = {}, tenant) =>
    askToken(
      service,
      {
        client_id,
        grant_type: "authorization_code",
        code: given,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...changes,
      },
      tenant,
    );
  const refresh: SetUp["refresh"] = (refresh_token, changes = {}) =>
    askToken(service, { client_id, grant_type: "refresh_token", refresh_token, ...changes });
  return { service, signIn, code, redeem, refresh };
}
