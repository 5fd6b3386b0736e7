import { teamsAudiences } from "../auth/bearer.js";
import { isGuid } from "../check.js";
import { wellKnownEntra } from "../entra/principals.js";
import { foreignTokenProblem } from "../entra/verifyEntraToken.js";
import type { ServiceCore } from "../serviceCore.js";
import { type Claims, expiryOf, readJwt, textOf } from "../tokens/jwt.js";
import { addUser } from "../users.js";
import type { OperationCall, OperationResult } from "../wire/call.js";
import {
  exchangeForbidden,
  HttpError,
  invalidAccessToken,
  requiredField,
  validationError,
} from "../wire/httpError.js";
import { boundText, requiredBody } from "../wire/requestBody.js";
import { issueToken, signToken } from "./issueToken.js";

/** One of them is enough, because it isn't known which one the service requires. */
const scopes = ["Teams.ManageCalls", "Teams.ManageChats"];

/** Teams users may chat and call. */
const teamsScopes = ["chat", "voip"];

/** Checks the token before the values of the other members, as recorded responses show. */
export async function getTokenForTeamsUser(core: ServiceCore, call: OperationCall): Promise<OperationResult> {
  const body = requiredBody(call.body);
  const token = boundText(body.token, "Token");
  const appId = boundText(body.appId, "AppId");
  const userId = boundText(body.userId, "UserId");
  if (token === undefined) {
    throw new HttpError(400, "ValidationError", "The body is either missing or doesn't contain any token.", {
      topic: "the-exchange-of-a-teams-users-token",
    });
  }
  const { claims, expiresAt } = await validClaims(core, token);
  if (!appId) throw requiredField("AppId");
  if (!userId) throw requiredField("UserId");
  checkGuid(appId, "appId", "AppId");
  checkGuid(userId, "userId", "UserId");
  if (!sameGuid(appId, claims.appid))
    throw validationError("AAD application is not the expected one.", "appId");
  if (!sameGuid(userId, claims.oid)) {
    throw validationError("Provided AAD token issued for unexpected user.", "userId");
  }
  // Only a loose service accepts a token without the claim.
  const tenantId = textOf(claims.tid) || wellKnownEntra.tenantId;
  const issued = await core.store.change((draft) => {
    if (core.entra.directory.user(userId.toLowerCase())?.hasTeamsLicense === false) {
      throw exchangeForbidden("The user has no Teams license");
    }
    const id = `8:orgid:${userId.toLowerCase()}`;
    const user = core.state.user(id) ?? addUser(core, draft, core.clock.time, { id });
    return issueToken(core, draft, user, teamsScopes, expiresAt, { caller: call.caller, tenantId });
  });
  return { status: 200, body: await signToken(core, issued) };
}

async function validClaims(core: ServiceCore, token: string): Promise<{ claims: Claims; expiresAt: number }> {
  if (!token) throw invalidAccessToken("token is empty");
  const jwt = readJwt(token);
  if (!jwt) throw invalidAccessToken("token isn't a JWT");
  const { claims } = jwt;
  const isLoose = core.settings.strictness === "loose";
  const foreign = isLoose ? undefined : await foreignTokenProblem(core, jwt);
  if (foreign) throw invalidAccessToken(`token ${foreign}`);
  const expiresAt = expiryOf(claims, core.clock.time);
  if (typeof expiresAt === "string") throw invalidAccessToken(`token ${expiresAt}`);
  if (!isLoose && !teamsAudiences.includes(textOf(claims.aud))) {
    throw invalidAccessToken(
      `token is meant for ${JSON.stringify(claims.aud)}, not for ${teamsAudiences[0]}`,
    );
  }
  if (!isLoose && !scopes.some((scope) => textOf(claims.scp).split(" ").includes(scope))) {
    throw invalidAccessToken(
      `token has none of the scopes ${scopes.join(", ")}: ask for ${teamsAudiences[0]}/${scopes[0]}`,
    );
  }
  if (typeof claims.oid !== "string" || typeof claims.appid !== "string") {
    throw invalidAccessToken("token lacks the claim oid or appid: is it an access token of a Teams user?");
  }
  return { claims, expiresAt };
}

function checkGuid(value: string, target: string, field: string): void {
  if (!isGuid(value.toLowerCase())) {
    throw validationError(`Provided ${field} has invalid format.`, target);
  }
}

function sameGuid(text: string, claim: unknown): boolean {
  return typeof claim === "string" && text.toLowerCase() === claim.toLowerCase();
}
