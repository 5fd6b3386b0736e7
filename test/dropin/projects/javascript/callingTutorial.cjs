// Issues a token that only allows joining calls, and reads a Teams user's id from its token.
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const communicationIdentityClient = new CommunicationIdentityClient(
  process.env.COMMUNICATION_CONNECTION_STRING,
);

const parseJWT = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64").toString());

async function provision(body) {
  const user = body.communicationUserId
    ? { communicationUserId: body.communicationUserId }
    : await communicationIdentityClient.createUser();
  const token = await communicationIdentityClient.getToken(user, [body.guest ? "voip.join" : "voip"]);
  return { communicationUserId: user.communicationUserId, token };
}

async function run() {
  const first = await provision({});
  const second = await provision({ communicationUserId: first.communicationUserId, guest: true });
  console.log(
    first.communicationUserId === second.communicationUserId,
    parseJWT(second.token.token).acsScope,
  );
  const teamsToken = await communicationIdentityClient.getTokenForTeamsUser({
    teamsUserAadToken: process.env.TEAMS_TOKEN,
    clientId: process.env.TEAMS_CLIENT_ID,
    userObjectId: process.env.TEAMS_USER_ID,
  });
  console.log(`8:${parseJWT(teamsToken.token).skypeid}`);
}

run();
