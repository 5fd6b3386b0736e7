import { readFileSync } from "node:fs";
import { readJwt } from "../../testing/jwt/jwt.js";
import { decodeText, readValue } from "../connection.js";
import { relativeTime } from "../dates.js";
import {
  type EntraToken,
  isForTeamsUser,
  readEntraToken,
  scopesToAskFor,
  userTokenUses,
} from "../entraTokenClaims.js";
import { usageError } from "../errors.js";
import { type Flags, toggle, type Values, valued } from "../parse.js";
import { Problem } from "./check.js";

export const teamsFlags: Flags = {
  teams: toggle("Check a Teams or Entra user's token of --entra-token instead. Nothing is sent"),
  exchange: toggle("With --teams: then exchange a Teams user's token, as getTokenForTeamsUser does"),
  "entra-token": valued(
    "FILE",
    "With --teams: the token's file, or - for standard input. With --endpoint: -",
  ),
  "client-id": valued("GUID", "With --teams: the application that signs the user in"),
  "user-object-id": valued("GUID", "With --teams: the user that the token must be of"),
};

interface Expected {
  readonly clientId: string | undefined;
  readonly userObjectId: string | undefined;
}

/** Returns what is right, or undefined if there is nothing to check. Throws a `Problem`. */
export type TokenCheck = (token: EntraToken, expected: Expected) => string | undefined | Promise<string>;

/** The checks that need no network. A check that fails explains the failures of those after it, so it comes before them. */
export const tokenChecks: Readonly<Record<string, TokenCheck>> = {
  Kind: checkKind,
  Audience: checkAudience,
  Version: checkVersion,
  Permissions: ({ permissions }) => permissions.join(", "),
  Method: checkMethod,
  Expiry: checkExpiry,
  Application: checkApplication,
  User: checkUser,
};

/** @throws CommandError if a flag is given that only `--teams` takes. */
export function refuseTeamsFlags(values: Values): void {
  const given = ["exchange", "client-id", "user-object-id"].find((name) => values[name] !== undefined);
  if (given) throw usageError(`--${given} needs --teams`);
}

/** Reads the token that `--entra-token` names. @throws CommandError if it can't be read. */
export async function readGivenToken(values: Values): Promise<string> {
  const given = values["entra-token"];
  if (typeof given !== "string") {
    throw usageError("--teams needs --entra-token: a file with the token, or - for standard input");
  }
  if (given === "-") return readValue(given);
  try {
    return decodeText(readFileSync(given)).trim();
  } catch {
    // The value isn't repeated, because it may be the token itself.
    throw usageError("--entra-token names no file that can be read. Pass - to read standard input");
  }
}

/** @throws Problem if the text isn't a token of Entra ID. */
export function examineToken(text: string): EntraToken {
  const claims = readJwt(text)?.claims;
  if (!claims) {
    throw new Problem(
      "This isn't an access token of Entra ID: it isn't a JWT",
      `Ask for one with the scope ${scopesToAskFor()}`,
    );
  }
  const token = readEntraToken(claims);
  if (token) return token;
  throw new Problem(
    typeof claims.skypeid === "string"
      ? "This is a token of ACS already, not one of Entra ID"
      : "This isn't a token of Entra ID: it has no tenant (claim tid)",
    `Sign the user in, and ask for the scope ${scopesToAskFor()}`,
  );
}

export function readExpected(values: Values): Expected {
  const text = (name: string) => (typeof values[name] === "string" ? values[name].toLowerCase() : undefined);
  return { clientId: text("client-id"), userObjectId: text("user-object-id") };
}

function checkKind({ kind }: EntraToken): string {
  if (kind === "user") return "an access token of a user";
  if (kind === "idToken") {
    throw new Problem(
      "This is an ID token, which tells the application who signed in. No service accepts it",
      `Use the access token of the same sign-in (accessToken of MSAL), for the scope ${scopesToAskFor()}`,
    );
  }
  throw new Problem(
    "No user signed in: this token is an application's own, without permissions in the claim scp",
    "Sign a user in with the authorization code or device code flow. Client credentials and managed identities have no user",
  );
}

function checkAudience({ audience }: EntraToken): string {
  if (userTokenUses.some((use) => use.audience === audience)) return audience;
  throw new Problem(
    `The token is for another audience: ${audience}`,
    `Ask for one of the scopes ${scopesToAskFor()}. A token has one audience, so ask for it alone`,
  );
}

function checkVersion({ version }: EntraToken): string | undefined {
  if (version === "" || version === "1.0") return version && `${version}, as Entra ID issues it for ACS`;
  throw new Problem(
    `The token has version ${version}, and Entra ID issues version 1.0 for ACS: it wasn't issued for ACS`,
    `Ask for the scope ${scopesToAskFor()}, not for one of your own application`,
  );
}

function checkMethod({ audience, permissions, purpose }: EntraToken): string {
  if (purpose) return isForTeamsUser(permissions) ? purpose : `${purpose}. Not for getTokenForTeamsUser`;
  const uses = userTokenUses.filter((use) => use.audience === audience);
  throw new Problem(
    `The token has only the permissions ${permissions.join(", ")}, which give no token of ACS`,
    `Add the permission to the application, have an administrator consent to it, and ask for the scope ${scopesToAskFor(uses)}`,
  );
}

function checkExpiry({ expiresOn }: EntraToken): string {
  if (!expiresOn) throw new Problem("The token has no expiry", "Sign in again");
  if (expiresOn.getTime() > Date.now()) return `expires ${relativeTime(expiresOn)}`;
  throw new Problem(
    `The token expired ${relativeTime(expiresOn)}`,
    "Get a new one: acquireTokenSilent of MSAL does that. Don't keep access tokens",
  );
}

function checkApplication({ clientId }: EntraToken, expected: Expected): string {
  if (expected.clientId === undefined || expected.clientId === clientId.toLowerCase()) {
    return expected.clientId === undefined
      ? `${clientId}. Compare it with yours: --client-id`
      : `${clientId}, as given`;
  }
  throw new Problem(
    `The token was issued to the application ${clientId}, not to ${expected.clientId}`,
    'Pass the client id of the application that signed the user in: the service says "AAD application is not the expected one."',
  );
}

function checkUser({ objectId, username, tenantId, isGuest }: EntraToken, expected: Expected): string {
  const name = [objectId, username].filter(Boolean).join(", ");
  if (expected.userObjectId !== undefined && expected.userObjectId !== objectId.toLowerCase()) {
    throw new Problem(
      `The token is of the user ${name}, not of ${expected.userObjectId}`,
      expected.userObjectId === tenantId.toLowerCase()
        ? "That is the tenant's id. Pass the user's object id: uniqueId of MSAL's result, the claim oid"
        : 'Pass the object id (claim oid) of the user who signed in: the service says "Provided AAD token issued for unexpected user."',
    );
  }
  if (isGuest) {
    throw new Problem(
      `The user ${name} is a guest of the tenant ${tenantId}, with another object id and no Teams license there`,
      "Sign the user in at the home tenant: its id instead of common in the authority",
    );
  }
  return `${name}, of the tenant ${tenantId}`;
}
