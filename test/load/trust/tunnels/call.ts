// A program that creates a client for each call behind a proxy, eight at a time, and then has nothing left to do. It prints how
// many calls succeeded, and which of its connections keep it alive then.
import { setImmediate } from "node:timers/promises";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../../src/index.js";

const [endpoint = "", host = "", port, calls] = process.argv.slice(2);
const credential = new AzureKeyCredential("c2VjcmV0LXNlY3JldA==");
let left = Number(calls);
let succeeded = 0;

async function callAll(): Promise<void> {
  while (left-- > 0) {
    const proxyOptions = { host, port: Number(port) };
    const client = new CommunicationIdentityClient(endpoint, credential, { proxyOptions });
    await client.createUser();
    succeeded++;
  }
}

await Promise.all(Array.from({ length: 8 }, callAll));
// Sockets are released to their pool in later turns of the event loop.
await setImmediate();
await setImmediate();
const keepAlive = process.getActiveResourcesInfo().filter((name) => /socket|tcp|tls/i.test(name));
process.stdout.write(JSON.stringify({ succeeded, keepAlive }));
