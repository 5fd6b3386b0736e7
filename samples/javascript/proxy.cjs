// Generated from samples/proxy.ts by npm run samples. Do not edit.
/**
 * Sends every request through an HTTP proxy, as company networks want it.
 *
 * Without a line of code: HTTPS_PROXY and NO_PROXY in the environment, but for an endpoint on this machine. On the local
 * emulator, with a small proxy that says what goes through it.
 */
const { createServer, request } = require("node:http");
const { CommunicationIdentityClient } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  // An https endpoint is reached through CONNECT, so that the proxy sees the host alone; the emulator's http as it is here.
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
    // With `username` and `password` if the proxy asks for them.
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
