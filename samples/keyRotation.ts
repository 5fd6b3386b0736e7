/**
 * Replaces the access key of a running program, without a restart.
 *
 * A resource has two keys. To rotate them without a failed call, move every program to the second key, then
 * regenerate the first one. Regenerating a key also revokes the access tokens that were issued with it. Uses the
 * local emulator.
 */
import { AzureKeyCredential, CommunicationIdentityClient, isRestError } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

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

// Every client with this credential uses the new key from the next attempt on, including retries of calls in progress.
credential.update(secondKey);
await client.getToken(user, ["chat"]);
console.log("The same client works with the second key");
await emulator.close();

/** Does what regenerating a key in the Azure portal does: the users stay, and the key changes. */
async function replaceKey(accessKey: string): Promise<void> {
  const { port } = new URL(emulator.url);
  const users = emulator.service.snapshot();
  await emulator.close();
  emulator = await startEmulator({ accessKey, port: Number(port) });
  emulator.service.restore(users);
}
