// Generated from samples/expiryAndScopes.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Shows what a token permits and how long it is valid: scopes, lifetimes, several tokens for one user, and the errors
 * for an invalid lifetime or scope.
 *
 * Uses the resource in COMMUNICATION_CONNECTION_STRING if that is set; otherwise the local emulator.
 */
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(
    process.env.COMMUNICATION_CONNECTION_STRING || emulator.connectionString,
  );
  const user = await client.createUser();

  await issue(["chat"]); // 24 hours by default.
  await issue(["chat", "voip"], 60);
  await issue(["chat.join", "voip.join"], 90); // Can join existing chats and calls, but not create any.
  await issue(["chat.join.limited"], 1440); // Takes part in a chat, but adds and removes nobody.

  // The service checks lifetimes and scopes, so its limits can change without a new version of the library.
  await issue(["voip"], 59);
  await issue(["pstn"]);

  await client.deleteUser(user);
  await emulator.close();

  async function issue(scopes, tokenExpiresInMinutes) {
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
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
