// Generated from samples/quickstart.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Creates a user, issues tokens for it, revokes them and deletes it.
 *
 * Uses the resource in COMMUNICATION_CONNECTION_STRING if that is set; otherwise an emulator that it starts in this
 * process, on a free port.
 */
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const resource = process.env.COMMUNICATION_CONNECTION_STRING;
  const emulator = resource ? undefined : await startEmulator({ port: 0 });
  try {
    if (emulator) {
      console.log(`COMMUNICATION_CONNECTION_STRING is not set: using the emulator at ${emulator.url}\n`);
    }
    const client = new CommunicationIdentityClient(emulator?.connectionString ?? resource ?? "");
    await run(client, emulator);
  } finally {
    await emulator?.close();
  }
}

async function run(client, emulator) {
  const user = await client.createUser();
  print("Created a user", user.communicationUserId);

  const first = await client.getToken(user, ["voip"]);
  print("Issued a token", shorten(first.token));
  print("  expires", describeExpiry(first.expiresOn));

  const second = await client.getToken(user, ["chat", "voip"], { tokenExpiresInMinutes: 60 });
  print("Issued another", `${shorten(second.token)}  chat and voip, 60 minutes`);
  print("  expires", describeExpiry(second.expiresOn));

  await client.revokeTokens(user);
  print("Revoked all tokens", "the user stays, and can get new ones");
  if (emulator) {
    const { valid, problem } = await emulator.service.inspectToken(first.token);
    print("  the first token is", valid ? "still valid" : `no longer valid: ${problem}`);
  }

  await client.deleteUser(user);
  print("Deleted the user", "and its data");
  try {
    await client.getToken(user, ["voip"]);
  } catch (error) {
    if (!isRestError(error)) throw error;
    print("New tokens are refused", `${error.statusCode} ${error.code}: ${error.message}`);
  }
}

function print(what, detail) {
  console.log(`${what.padEnd(24)}${detail}`);
}

function shorten(token) {
  return `${token.slice(0, 12)}… (${token.length} characters)`;
}

function describeExpiry(expiresOn) {
  const minutes = Math.round((expiresOn.getTime() - Date.now()) / 60_000);
  const left = minutes >= 120 ? `${Math.round(minutes / 60)} hours` : `${minutes} minutes`;
  return `${expiresOn.toLocaleString()}, in ${left}`;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
