import { teamsAudiences } from "../authentication/bearer.js";
import {
  noUserProblem,
  type VerifiedEntraToken,
  verifyEntraToken,
} from "../entra/tokens/verifyEntraToken.js";
import { claimText } from "../jwt/jwt.js";
import type { Fake } from "../service/fake.js";
import { addUser } from "../service/users.js";
import { wellKnownEntra } from "../state/entries/principals.js";
import { isGuid } from "../validation/check.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import {
  exchangeForbidden,
  HttpError,
  invalidAccessToken,
  requiredField,
  validationError,
} from "../wire/httpError.js";
import { boundText, requiredBody } from "../wire/requestBody.js";
import { issueToken, signToken } from "./issueToken.js";

/** A token needs only one of these scopes, because it isn't known which one the service requires. */
const scopes = ["Teams.ManageCalls", "Teams.ManageChats"];

/** Teams users may chat and call. */
const teamsScopes = ["chat", "voip"];

/** Checks the token before the values of the other members, as recorded responses show. */
export async function getTokenForTeamsUser(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const body = requiredBody(input.body);
  const token = boundText(body.token, "Token");
  const appId = boundText(body.appId, "AppId");
  const userId = boundText(body.userId, "UserId");
  if (token === undefined) {
    throw new HttpError(400, "ValidationError", "The body is either missing or doesn't contain any token.", {
      topic: "the-exchange-of-a-teams-users-token",
    });
  }
  const { claims, expiresAt } = await validToken(fake, token);
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
  const tenantId = claimText(claims.tid) || wellKnownEntra.tenantId;
  const issued = await fake.store.change((draft) => {
    if (fake.entra.directory.user(userId.toLowerCase())?.hasTeamsLicense === false) {
      throw exchangeForbidden("The user has no Teams license");
    }
    const id = `8:orgid:${userId.toLowerCase()}`;
    const user = fake.state.user(id) ?? addUser(fake, draft, fake.clock.time, { id });
    return issueToken(fake, draft, user, teamsScopes, expiresAt, { caller: input.caller, tenantId });
  });
  return { status: 200, body: await signToken(fake, issued) };
}

async function validToken(fake: Fake, text: string): Promise<VerifiedEntraToken> {
  const token = text ? await verifyEntraToken(fake, text, teamsAudiences) : "is empty";
  if (typeof token === "string") throw invalidAccessToken(`token ${token}`);
  const { oid, appid, scp } = token.claims;
  const scope = `${teamsAudiences[0]}/${scopes[0]}`;
  const problem =
    noUserProblem(token.claims, scope) ??
    (scopes.some((known) => claimText(scp).split(" ").includes(known))
      ? undefined
      : `has none of the scopes ${scopes.join(", ")}: ask for ${scope}`);
  if (problem && fake.settings.strictness !== "loose") throw invalidAccessToken(`token ${problem}`);
  if (typeof oid === "string" && typeof appid === "string") return token;
  throw invalidAccessToken("token lacks the claim oid or appid: is it an access token of a Teams user?");
}

function checkGuid(value: string, target: string, field: string): void {
  if (!isGuid(value.toLowerCase())) {
    throw validationError(`Provided ${field} has invalid format.`, target);
  }
}

function sameGuid(text: string, claim: unknown): boolean {
  return typeof claim === "string" && text.toLowerCase() === claim.toLowerCase();
}
