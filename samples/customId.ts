/**
 * Creates users with ids of your own. The same id returns the same user, so a retry doesn't create a second one, and an
 * app can do without a table of users.
 *
 * Only service version 2025-03-02-preview has this, hence the option. Uses the resource in
 * COMMUNICATION_CONNECTION_STRING if that is set; otherwise the local emulator.
 */
import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const client = new CommunicationIdentityClient(
  process.env.COMMUNICATION_CONNECTION_STRING || emulator.connectionString,
  { apiVersion: "2025-03-02-preview" },
);

const first = await client.createUser({ customId: "alice@contoso.com" });
const again = await client.createUser({ customId: "alice@contoso.com" });
const other = await client.createUser({ customId: "bob@contoso.com" });
console.log(
  `alice twice: ${first.communicationUserId === again.communicationUserId ? "one user" : "two users"}`,
);
console.log(
  `alice and bob: ${first.communicationUserId === other.communicationUserId ? "one user" : "two users"}`,
);

// lastTokenIssuedAt is absent until the first token is issued.
console.log(`${(await client.getUserDetail(first)).customId} has no token yet`);
await client.createUserAndToken(["chat"], { customId: "alice@contoso.com" });
const { customId, lastTokenIssuedAt } = await client.getUserDetail(first);
console.log(`${customId} got a token at ${lastTokenIssuedAt?.toISOString()}`);

await client.deleteUser(first);
await client.deleteUser(other);
const anew = await client.createUser({ customId: "alice@contoso.com" });
console.log(
  `alice after her deletion: ${anew.communicationUserId === first.communicationUserId ? "as before" : "a new user"}`,
);
await client.deleteUser(anew);
await emulator.close();
