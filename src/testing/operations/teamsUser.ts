import type { ServiceCore } from "../serviceCore.js";
import { bindingError, invalidAccessToken, requiredField, validationError } from "../serviceError.js";
import { type Claims, readJwt } from "../tokens/jwt.js";
import { createUser } from "../users.js";
import { type JsonObject, requiredBody } from "../wire/requestBody.js";
import { issueToken } from "./issueToken.js";
import type { Answer, Call } from "./operation.js";

/** A Teams user may chat and call. */
const teamsScopes = ["chat", "voip"];

/** The token is judged before the other members, as the recorded answers show. */
export async function exchangeTeamsUserAccessToken(core: ServiceCore, call: Call): Promise<Answer> {
  const body = requiredBody(call.body);
  const claims = validClaims(body.token, core.clock.time);
  const appId = requiredText(body, "appId", "AppId");
  const userId = requiredText(body, "userId", "UserId");
  checkGuid(appId, "appId", "AppId");
  checkGuid(userId, "userId", "UserId");
  if (!sameGuid(appId, claims.appid))
    throw validationError("AAD application is not the expected one.", "appId");
  if (!sameGuid(userId, claims.oid)) {
    throw validationError("Provided AAD token issued for unexpected user.", "userId");
  }
  const id = `8:orgid:${userId.toLowerCase()}`;
  const user = core.state.user(id) ?? createUser(core, id);
  return { status: 200, body: await issueToken(core, user, teamsScopes, Number(claims.exp) * 1000) };
}

function validClaims(token: unknown, time: number): Claims {
  if (typeof token !== "string" || token === "") throw invalidAccessToken("token is missing or empty");
  const claims = readJwt(token)?.claims;
  if (!claims) throw invalidAccessToken("token is no JWT");
  if (typeof claims.exp !== "number" || claims.exp * 1000 <= time)
    throw invalidAccessToken("token has expired");
  if (typeof claims.oid !== "string" || typeof claims.appid !== "string") {
    throw invalidAccessToken("token lacks the claim oid or appid: is it an access token of a Teams user?");
  }
  return claims;
}

function requiredText(body: JsonObject, member: string, field: string): string {
  const value = body[member];
  if (value === undefined || value === null || value === "") throw requiredField(field);
  if (typeof value !== "string")
    throw bindingError(field, "The JSON value could not be converted to a string.");
  return value;
}

function checkGuid(value: string, target: string, field: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    throw validationError(`Provided ${field} has invalid format.`, target);
  }
}

function sameGuid(text: string, claim: unknown): boolean {
  return typeof claim === "string" && text.toLowerCase() === claim.toLowerCase();
}
