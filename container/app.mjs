// A small app beside the emulator: `POST /token` answers with a new user and a token for it. An app of your own
// would first find out who asks, and keep the user.
import { createServer } from "node:http";
import { CommunicationIdentityClient } from "acs-identity";

const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING, {
  // Inside of the compose network the emulator is reached by http, and not on this machine's loopback address.
  allowInsecureConnection: true,
});

const server = createServer(async (request, response) => {
  if (request.method !== "POST" || request.url !== "/token") {
    response.writeHead(404).end();
    return;
  }
  try {
    const { user, token, expiresOn } = await client.createUserAndToken(["voip"]);
    response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(JSON.stringify({ userId: user.communicationUserId, token, expiresOn }));
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
});

process.on("SIGTERM", () => server.close());
server.listen(Number(process.env.PORT), () => {
  console.log(`POST http://127.0.0.1:${server.address().port}/token answers with a token`);
});
