import { denied, exchangeForbidden, validationError } from "../httpError.js";
import type { ServiceCore } from "../serviceCore.js";
import { type Claims, expiryOf } from "../tokens/jwt.js";
import { addUser } from "../users.js";
import { requiredBody } from "../wire/requestBody.js";
import type { Call, OperationResult } from "./handler.js";
import { issueToken } from "./issueToken.js";

const noGuid = "00000000-0000-0000-0000-000000000000";

/** Teams Phone extensibility is for calls only. */
const teamsExtensionScopes = ["voip"];

const teamsExtensionPermission = "TeamsExtension.ManageCalls";

/** Maps each permission that an Entra application can have to a token scope. */
const scopeOfPermission: ReadonlyMap<string, string> = new Map([
  ["Chat", "chat"],
  ["Chat.Join", "chat.join"],
  ["Chat.Join.Limited", "chat.join.limited"],
  ["VoIP", "voip"],
  ["VoIP.Join", "voip.join"],
]);

/** For a user or resource account whose assignment names the application, or has no `clientIds`. */
export function getTokenForTeamsExtensionUser(core: ServiceCore, call: Call): Promise<OperationResult> {
  const entra = entraUser(core, call);
  if (!core.settings.loose && !entra.permissions.includes(teamsExtensionPermission)) {
    throw exchangeForbidden(`The token's claim scp doesn't contain ${teamsExtensionPermission}`);
  }
  const assignment = core.state.assignment(entra.tenantId, entra.objectId);
  const allowed =
    assignment && (assignment.clientIds?.some((id) => id.toLowerCase() === entra.clientId) ?? true);
  if (!allowed && !core.settings.loose) {
    throw exchangeForbidden(
      assignment
        ? `The assignment's clientIds don't contain ${entra.clientId}`
        : `No assignment for tenant ${entra.tenantId} and object ${entra.objectId}: upsert one first`,
    );
  }
  return exchange(core, `${entra.tenantId}_${entra.objectId}`, teamsExtensionScopes, entra.expiresAt);
}

/** For any Entra user whose token has one of the permissions. */
export function getTokenForEntraUser(core: ServiceCore, call: Call): Promise<OperationResult> {
  const entra = entraUser(core, call);
  const scopes = [...new Set(entra.permissions.flatMap((name) => scopeOfPermission.get(name) ?? []))];
  if (scopes.length === 0 && !core.settings.loose) {
    throw exchangeForbidden(
      `The token's claim scp contains none of ${[...scopeOfPermission.keys()].join(", ")}`,
    );
  }
  const granted = scopes.length > 0 ? scopes : ["chat", "voip"];
  return exchange(core, `wf_${entra.tenantId}_${entra.objectId}`, granted, entra.expiresAt);
}

async function exchange(
  core: ServiceCore,
  key: string,
  scopes: readonly string[],
  expiresAt: number,
): Promise<OperationResult> {
  const id = `8:acs:${core.settings.resourceId}_${key}`;
  const user = core.state.user(id) ?? addUser(core, id);
  const accessToken = await issueToken(core, user, scopes, expiresAt);
  return { status: 200, body: { identity: { id }, accessToken } };
}

interface EntraUser {
  readonly tenantId: string;
  readonly objectId: string;
  readonly clientId: string;
  readonly permissions: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

function entraUser({ settings, clock }: ServiceCore, { caller, body }: Call): EntraUser {
  if (caller.kind !== "entra")
    throw denied("This operation takes the user's own Entra token as Bearer", "entra-id-credentials");
  requiredBody(body);
  const { claims } = caller;
  const expiry = expiryOf(claims, 0);
  const missing = ["tid", "oid"].filter((name) => typeof claims[name] !== "string");
  if (missing.length > 0 && !settings.loose)
    throw denied(`The token lacks the claims ${missing.join(", ")}`, "entra-id-credentials");
  // An id with half a surrogate pair fits in no URL, so nobody could delete its user.
  if (/\p{Surrogate}/u.test(text(claims, "tid") + text(claims, "oid"))) {
    throw validationError("The token's claims tid and oid must be well-formed Unicode.", "Authorization");
  }
  return {
    tenantId: text(claims, "tid").toLowerCase(),
    objectId: text(claims, "oid").toLowerCase(),
    clientId: text(claims, "appid", text(claims, "azp")).toLowerCase(),
    permissions: text(claims, "scp", "").split(" "),
    // Only a loose service accepts a token without a valid expiry.
    expiresAt: typeof expiry === "number" ? expiry : clock.time + 60 * 60_000,
  };
}

function text(claims: Claims, name: string, otherwise: string = noGuid): string {
  const value = claims[name];
  return typeof value === "string" ? value : otherwise;
}
