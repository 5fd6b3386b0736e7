// A server that creates a client for each request and exchanges Teams users' tokens.
const http = require("node:http");
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const server = http.createServer(async (_request, response) => {
  try {
    const identityClient = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
    const accessToken = await identityClient.getTokenForTeamsUser({
      teamsUserAadToken: process.env.TEAMS_TOKEN,
      clientId: process.env.TEAMS_CLIENT_ID,
      userObjectId: response.req.headers["x-user"] ?? process.env.TEAMS_USER_ID,
    });
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(accessToken));
  } catch (error) {
    response.writeHead(error.statusCode ?? 500).end(error.message);
  }
});

server.listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const good = await fetch(url);
  console.log(good.status, await good.text());
  const bad = await fetch(url, { headers: { "x-user": "00000000-0000-4000-8000-000000000000" } });
  console.log(bad.status, await bad.text());
  server.close();
});
