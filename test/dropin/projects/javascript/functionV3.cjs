// An Azure Function in the v3 programming model, with the client's answer as its body.
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const handler = async (context) => {
  const tokenClient = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
  const user = await tokenClient.createUser();
  const userToken = await tokenClient.getToken(user, ["voip"]);
  context.res = { body: userToken };
};

const context = {};
handler(context).then(() => console.log(JSON.stringify(context.res)));
