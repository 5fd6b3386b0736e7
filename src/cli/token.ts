import type { GetTokenOptions, TokenScope } from "acs-identity";
import { communicationIdentityTokenScopeVersions } from "../generated/enumVersions.js";
import type { CommandModule } from "./command.js";
import { connectionFlags, createClient, readConnection } from "./connection.js";
import { relativeTime } from "./dates.js";
import { usageError } from "./errors.js";
import { Output } from "./output.js";
import { type Flags, type Values, valued } from "./parse.js";

export const scopesValue = "SCOPE,…";
export const scopesHelp: string = `${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(Object.keys(communicationIdentityTokenScopeVersions))}, separated by commas or blanks`;

export const expiryFlag: Flags = {
  "expires-in": valued("MINUTES", "How long the token is valid: 60 to 1440. Default: 1440, a day"),
};

/** Splits scopes. Which ones are valid is up to the service. @throws CommandError if one is empty. */
export function readScopes(given: string): TokenScope[] {
  // PowerShell makes blanks of the commas in an argument without quotes.
  const scopes = given.trim().split(/\s*,\s*|\s+/);
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

const issueFlags: Flags = {
  scope: valued(scopesValue, `What the token permits: ${scopesHelp}`),
  ...expiryFlag,
  ...connectionFlags,
};

export const issue: CommandModule = {
  flags: issueFlags,
  async run(invocation) {
    const { values, operands } = invocation;
    if (typeof values.scope !== "string") throw usageError(`token issue needs --scope: ${scopesHelp}`);
    const scopes = readScopes(values.scope);
    const options = readExpiry(values);
    const client = createClient(await readConnection(invocation));
    const output = new Output(invocation);
    const [given] = operands;
    const { user, token, expiresOn } =
      given === undefined
        ? await client.createUserAndToken(scopes, options)
        : {
            user: { communicationUserId: given },
            ...(await client.getToken({ communicationUserId: given }, scopes, options)),
          };
    const { communicationUserId: id } = user;
    // The token alone is on standard output, for `TOKEN=$(acs-identity token issue …)`.
    await output.result({ id, token, expiresOn }, [token], given === undefined ? id : undefined);
    output.note(`For ${given === undefined ? "the new user " : ""}${id}, expires ${relativeTime(expiresOn)}`);
  },
};

export const revoke: CommandModule = {
  flags: connectionFlags,
  async run(invocation) {
    const [id = ""] = invocation.operands;
    const client = createClient(await readConnection(invocation));
    await client.revokeTokens({ communicationUserId: id });
    await new Output(invocation).result({ id, revoked: true }, [`Revoked every token of ${id}`]);
  },
};
