import type { CommandModule } from "./command.js";
import { usageError } from "./commandError.js";
import { connectionFlags, createClient, readConnection } from "./connection.js";
import { relativeTime } from "./dates.js";
import { Output } from "./output.js";
import type { Flags } from "./parse.js";
import { expiryFlag, readExpiry, readScopes, scopesHelp, scopesValue } from "./tokenFlags.js";

const issueFlags: Flags = {
  scope: { type: "string", value: scopesValue, help: `What the token permits: ${scopesHelp}` },
  ...expiryFlag,
  ...connectionFlags,
};

/** `token issue` */
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
    await output.answer({ id, token, expiresOn }, [token]);
    output.note(`For ${given === undefined ? "the new user " : ""}${id}, expires ${relativeTime(expiresOn)}`);
  },
};

/** `token revoke` */
export const revoke: CommandModule = {
  flags: connectionFlags,
  async run(invocation) {
    const [id = ""] = invocation.operands;
    const client = createClient(await readConnection(invocation));
    await client.revokeTokens({ communicationUserId: id });
    await new Output(invocation).answer({ id, revoked: true }, [`Revoked every token of ${id}`]);
  },
};
