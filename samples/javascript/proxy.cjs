// Generated from samples/proxy.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Sends every request through an HTTP proxy, as company networks require.
 *
 * HTTPS_PROXY and NO_PROXY in the environment do the same without any code, except for an endpoint on this machine.
 * Uses the local emulator, and a small proxy that prints what it forwards.
 */
const { createServer, request } = require("node:http");
const { CommunicationIdentityClient } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  // For an https endpoint, the client would use CONNECT, so the proxy would see only the host.
  const proxy = createServer((incoming, outgoing) => {
    const { method, url = "", headers } = incoming;
    console.log(`The proxy forwards ${method} ${new URL(url).pathname}`);
    const forwarded = request(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address();

  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    // Add `username` and `password` if the proxy requires them.
    proxyOptions: { host: "http://127.0.0.1", port },
  });

  const user = await client.createUser();
  const { expiresOn } = await client.getToken(user, ["voip"]);
  console.log(`Issued a token until ${expiresOn.toISOString()}`);

  await emulator.close();
  proxy.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
