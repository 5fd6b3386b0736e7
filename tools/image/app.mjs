// A small app that runs next to the emulator: `POST /token` returns a new user and a token for it. A real app would
// authenticate the caller first, and store the user.
import { createServer } from "node:http";
import { CommunicationIdentityClient } from "acs-identity";

const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING, {
  // Inside the compose network, the emulator is reached over plain http, but not on a loopback address.
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
