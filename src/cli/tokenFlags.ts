import type { GetTokenOptions, TokenScope } from "acs-identity";
import { communicationIdentityTokenScopeVersions } from "../generated/enumVersions.js";
import { usageError } from "./commandError.js";
import type { Flags, Values } from "./parse.js";

export const scopesValue = "SCOPE,…";
export const scopesHelp: string = `${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(Object.keys(communicationIdentityTokenScopeVersions))}, separated by commas`;

export const expiryFlag: Flags = {
  "expires-in": {
    type: "string",
    value: "MINUTES",
    help: "How long the token is valid: 60 to 1440. Default: 1440, a day",
  },
};

/** Splits scopes. Which ones are valid is up to the service. @throws CommandError if one is empty. */
export function readScopes(given: string): TokenScope[] {
  const scopes = given.split(",").map((scope) => scope.trim());
  if (scopes.includes("")) throw usageError(`Scopes are ${scopesHelp}`);
  return scopes as TokenScope[];
}

export function readExpiry(values: Values): GetTokenOptions {
  const given = values["expires-in"];
  if (given === undefined) return {};
  const minutes = Number(given);
  if (!Number.isInteger(minutes)) throw usageError("--expires-in must be a whole number of minutes");
  return { tokenExpiresInMinutes: minutes };
}
