/**
 * Replaces the access keys of a running program, without a restart and without a failed call.
 *
 * A resource accepts two keys. Move every program to the secondary one, then regenerate the primary one. That revokes the
 * access tokens that were issued with it
 * (https://learn.microsoft.com/azure/communication-services/concepts/identity-model#revoke-or-update-access-token), so wait
 * until they have expired, or let users fetch new ones. Uses the local emulator.
 */
import { CommunicationIdentityClient, isRestError, parseConnectionString } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";

const emulator = await startEmulator();
const { endpoint, credential } = parseConnectionString(emulator.connectionString);
const client = new CommunicationIdentityClient(endpoint, credential);
const user = await client.createUser();
const { token: former } = await client.getToken(user, ["chat"]);

let isRotated = false;
const traffic = keepCalling();

// Every client with this credential uses the new key from the next attempt on, including retries of calls in progress.
credential.update(parseConnectionString(emulator.secondaryConnectionString).credential.key);
const { token: current } = await client.getToken(user, ["chat"]);

// In Azure: az communication regenerate-key --name <resource> --resource-group <group> --key-type primary
const left = new CommunicationIdentityClient(emulator.connectionString);
emulator.service.regenerateKey("primary");

isRotated = true;
console.log(`${(await traffic) > 0 ? "Calls" : "No calls"} were made meanwhile, and none failed`);
await left.createUser().catch((error: unknown) => {
  if (!isRestError(error)) throw error;
  console.log(`A program that was left behind: ${error.statusCode} ${error.code}`);
});
console.log(`The token from the former key: ${(await emulator.service.inspectToken(former)).problem}`);
console.log(
  `The token from the secondary key is valid: ${(await emulator.service.inspectToken(current)).valid}`,
);
await emulator.close();

/** Makes one call after another until the key is rotated, and returns how many. Rejects if one fails. */
async function keepCalling(): Promise<number> {
  let calls = 0;
  for (; !isRotated; calls++) await client.getToken(user, ["chat"]);
  return calls;
}
