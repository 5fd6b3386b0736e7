import type { CommandModule } from "./command.js";
import { usageError } from "./commandError.js";
import { connectionFlags, createClient, readConnection } from "./connection.js";
import { relativeTime } from "./dates.js";
import { Output } from "./output.js";
import type { Flags } from "./parse.js";
import { expiryFlag, readExpiry, readScopes, scopesHelp, scopesValue } from "./tokenFlags.js";

const createFlags: Flags = {
  token: { type: "string", value: scopesValue, help: `Issue a token, too: ${scopesHelp}` },
  ...expiryFlag,
  ...connectionFlags,
};

/** `user create` */
export const create: CommandModule = {
  flags: createFlags,
  async run(invocation) {
    const { values } = invocation;
    const output = new Output(invocation);
    const options = readExpiry(values);
    if (typeof values.token !== "string") {
      if (values["expires-in"] !== undefined) throw usageError("--expires-in needs --token");
      const client = createClient(await readConnection(invocation));
      const { communicationUserId: id } = await client.createUser();
      await output.answer({ id }, [id]);
      return;
    }
    const scopes = readScopes(values.token);
    const client = createClient(await readConnection(invocation));
    const { user, token, expiresOn } = await client.createUserAndToken(scopes, options);
    const { communicationUserId: id } = user;
    await output.answer({ id, token, expiresOn }, [id, token]);
    output.note(`The token expires ${relativeTime(expiresOn)}`);
  },
};

/** `user delete` */
export const remove: CommandModule = {
  flags: connectionFlags,
  async run(invocation) {
    const [id = ""] = invocation.operands;
    const client = createClient(await readConnection(invocation));
    await client.deleteUser({ communicationUserId: id });
    await new Output(invocation).answer({ id, deleted: true }, [`Deleted ${id}`]);
  },
};
