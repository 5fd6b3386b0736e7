import { invalidAccessToken, requiredField, validationError } from "../httpError.js";
import type { ServiceCore } from "../serviceCore.js";
import { type Claims, expiryOf, readJwt } from "../tokens/jwt.js";
import { addUser } from "../users.js";
import { requiredBody } from "../wire/requestBody.js";
import { boundText } from "./binding.js";
import type { Call, OperationResult } from "./handler.js";
import { issueToken } from "./issueToken.js";

/** A Teams user may chat and call. */
const teamsScopes = ["chat", "voip"];

/** The token is judged before the values of the other members, as the recorded answers show. */
export async function getTokenForTeamsUser(core: ServiceCore, call: Call): Promise<OperationResult> {
  const body = requiredBody(call.body);
  const token = boundText(body.token, "Token");
  const appId = boundText(body.appId, "AppId");
  const userId = boundText(body.userId, "UserId");
  const { claims, expiresAt } = validClaims(token, core.clock.time);
  if (!appId) throw requiredField("AppId");
  if (!userId) throw requiredField("UserId");
  checkGuid(appId, "appId", "AppId");
  checkGuid(userId, "userId", "UserId");
  if (!sameGuid(appId, claims.appid))
    throw validationError("AAD application is not the expected one.", "appId");
  if (!sameGuid(userId, claims.oid)) {
    throw validationError("Provided AAD token issued for unexpected user.", "userId");
  }
  const id = `8:orgid:${userId.toLowerCase()}`;
  await core.issuer.key();
  const user = core.state.user(id) ?? addUser(core, id);
  return { status: 200, body: await issueToken(core, user, teamsScopes, expiresAt) };
}

function validClaims(token: string | undefined, time: number): { claims: Claims; expiresAt: number } {
  if (!token) throw invalidAccessToken("token is missing or empty");
  const claims = readJwt(token)?.claims;
  if (!claims) throw invalidAccessToken("token is no JWT");
  const expiresAt = expiryOf(claims, time);
  if (typeof expiresAt === "string") throw invalidAccessToken(`token ${expiresAt}`);
  if (typeof claims.oid !== "string" || typeof claims.appid !== "string") {
    throw invalidAccessToken("token lacks the claim oid or appid: is it an access token of a Teams user?");
  }
  return { claims, expiresAt };
}

function checkGuid(value: string, target: string, field: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    throw validationError(`Provided ${field} has invalid format.`, target);
  }
}

function sameGuid(text: string, claim: unknown): boolean {
  return typeof claim === "string" && text.toLowerCase() === claim.toLowerCase();
}
