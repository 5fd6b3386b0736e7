import { checkedExpiry, claimText, readJwt } from "../../jwt/jwt.js";
import { isSignedHere } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import { graph } from "../../state/entries/permissions.js";
import type { Call } from "../../wire/call.js";
import { EntraError } from "../errors/entraError.js";
import type { EntraRequest } from "../request/entraRequest.js";
import { profileClaims } from "../tokens/entraClaims.js";

export const userInfoPath = "/oidc/userinfo";

/** Returns what a token for Microsoft Graph lets its application learn of the user. @throws EntraError for any other token. */
export async function userInfo(
  { clock, entra: { directory } }: Fake,
  _: EntraRequest,
  { request: { headers } }: Call,
): Promise<object> {
  const [, token = ""] = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  const jwt = readJwt(token);
  const { aud, exp, oid, scp, sub } = jwt && (await isSignedHere(jwt)) ? jwt.claims : {};
  const user = directory.user(claimText(oid));
  const openId = claimText(scp).split(" ");
  const { problem: expiryProblem } = checkedExpiry({ exp }, clock.wallTime);
  const isForGraph = claimText(aud).replace(/\/$/, "") === graph && user !== undefined && !expiryProblem;
  if (isForGraph && openId.includes("openid")) return { sub, ...profileClaims(user, openId) };
  const problem = isForGraph
    ? "This token lacks openid: ask for that scope, too, when the user signs in"
    : `UserInfo needs an unexpired access token of a user for ${graph}, such as the one of a sign-in for openid alone`;
  throw new EntraError("invalid_token", problem, 401, {
    headers: [["WWW-Authenticate", 'Bearer error="invalid_token"']],
  });
}
