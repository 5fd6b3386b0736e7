// Generated from samples/entraCredential.ts by npm run samples. Do not edit.
/**
 * Authenticates with Entra ID in the place of an access key: no secret to keep, rights by role, an audit trail.
 *
 * On the local emulator, which has a credential of its own. With `@azure/identity` installed, a real program has
 * `new DefaultAzureCredential()` in its place, and the endpoint of its resource.
 */
const { CommunicationIdentityClient } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(
    emulator.url,
    reporting(emulator.service.createTokenCredential()),
  );

  // However many calls start at once, they share one Entra token, which is renewed before it expires.
  const users = await Promise.all(Array.from({ length: 10 }, () => client.createUser()));
  console.log(`Created ${users.length} users`);

  const [user] = users;
  if (user) {
    const { expiresOn } = await client.getToken(user, ["chat"]);
    console.log(`Issued a token until ${expiresOn.toISOString()}`);
  }
  console.log(`Requests were authorized with: ${[...new Set(schemes())].join(", ")}`);
  await emulator.close();

  /** Says when a token is asked for, and for what. */
  function reporting(credential) {
    return {
      getToken: (scopes, options) => {
        console.log(`An Entra token is asked for: ${scopes}`);
        return credential.getToken(scopes, options);
      },
    };
  }

  function schemes() {
    return emulator.service.requests.map(({ headers }) => headers.authorization?.split(" ")[0]);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
