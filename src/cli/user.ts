import type { CommandModule } from "./command.js";
import { connectionFlags, createClient, readConnection } from "./connection.js";
import { relativeTime } from "./dates.js";
import { usageError } from "./errors.js";
import { Output } from "./output.js";
import { type Flags, valued } from "./parse.js";
import { expiryFlag, readExpiry, readScopes, scopesHelp, scopesValue } from "./token.js";

const createFlags: Flags = {
  token: valued(scopesValue, `Issue a token, too: ${scopesHelp}`),
  ...expiryFlag,
  ...connectionFlags,
};

export const create: CommandModule = {
  flags: createFlags,
  async run(invocation) {
    const { values } = invocation;
    const options = readExpiry(values);
    const scopes = typeof values.token === "string" ? readScopes(values.token) : undefined;
    if (!scopes && values["expires-in"] !== undefined) throw usageError("--expires-in needs --token");
    const client = createClient(await readConnection(invocation));
    const output = new Output(invocation);
    if (!scopes) {
      const { communicationUserId: id } = await client.createUser();
      return output.result({ id }, [id], id);
    }
    const { user, token, expiresOn } = await client.createUserAndToken(scopes, options);
    const { communicationUserId: id } = user;
    await output.result({ id, token, expiresOn }, [id, token], id);
    output.note(`The token expires ${relativeTime(expiresOn)}`);
  },
};

export const remove: CommandModule = {
  flags: connectionFlags,
  async run(invocation) {
    const [id = ""] = invocation.operands;
    const client = createClient(await readConnection(invocation));
    await client.deleteUser({ communicationUserId: id });
    await new Output(invocation).result({ id, deleted: true }, [`Deleted ${id}`]);
  },
};
