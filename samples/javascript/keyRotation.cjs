// Generated from samples/keyRotation.ts by npm run samples. Do not edit.
/**
 * Rotates the access key of a running program: no restart, no failed call.
 *
 * A resource has two keys. Move every program to the second one, let the first one be made anew, and so on. Making a
 * key anew also revokes the access tokens that were issued with it. On the local emulator.
 */
const { AzureKeyCredential, CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const firstKey = Buffer.from("the first key of this sample, not a secret").toString("base64");
  const secondKey = Buffer.from("the second key of this sample, not a secret").toString("base64");

  let emulator = await startEmulator({ accessKey: firstKey });
  const credential = new AzureKeyCredential(firstKey);
  const client = new CommunicationIdentityClient(emulator.url, credential);
  const user = await client.createUser();
  console.log("The first key works");

  await replaceKey(secondKey);
  try {
    await client.getToken(user, ["chat"]);
  } catch (error) {
    if (!isRestError(error)) throw error;
    console.log(`The first key was replaced: ${error.statusCode} ${error.code}`);
  }

  // Every client with this credential uses the new key from its next attempt on, also of calls that are under way.
  credential.update(secondKey);
  await client.getToken(user, ["chat"]);
  console.log("The same client works with the second key");
  await emulator.close();

  /** What the Azure portal does to a resource: the same users, another key. */
  async function replaceKey(accessKey) {
    const { port } = new URL(emulator.url);
    const users = emulator.service.snapshot();
    await emulator.close();
    emulator = await startEmulator({ accessKey, port: Number(port) });
    emulator.service.restore(users);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
