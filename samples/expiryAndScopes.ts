/**
 * Shows what a token permits and how long: scopes, lifetimes, several tokens of one user, and what the service says to
 * a lifetime or a scope that it does not have.
 *
 * On the local emulator; with COMMUNICATION_CONNECTION_STRING set, on that resource.
 */
import { CommunicationIdentityClient, isRestError, type TokenScope } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const client = new CommunicationIdentityClient(
  process.env.COMMUNICATION_CONNECTION_STRING || emulator.connectionString,
);
const user = await client.createUser();

await issue(["chat"]); // 24 hours, if nothing else is asked for.
await issue(["chat", "voip"], 60);
await issue(["chat.join", "voip.join"], 90); // Joins what exists and creates nothing.
await issue(["chat.join.limited"], 1440); // Joins a chat, and sees only what comes from then on.

// The service is the judge of both, so its limits can change without a new version of the library.
await issue(["voip"], 59);
await issue(["pstn" as TokenScope]);

await client.deleteUser(user);
await emulator.close();

async function issue(scopes: TokenScope[], tokenExpiresInMinutes?: number): Promise<void> {
  const asked = `${scopes.join(", ")}${tokenExpiresInMinutes ? ` for ${tokenExpiresInMinutes} minutes` : ""}`;
  try {
    const { expiresOn } = await client.getToken(
      user,
      scopes,
      tokenExpiresInMinutes ? { tokenExpiresInMinutes } : {},
    );
    const minutes = Math.round((expiresOn.getTime() - Date.now()) / 60_000);
    console.log(`${asked}: expires in ${minutes} minutes`);
  } catch (error) {
    if (!isRestError(error)) throw error;
    console.log(`${asked}: ${error.statusCode} ${error.code}: ${error.message}`);
  }
}
