// An Azure Function in the v4 programming model, which merges the client's answers into one JSON body.
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const functions = new Map();
const app = { http: (name, { handler }) => functions.set(name, handler) };

app.http("httpTriggerAcsToken", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  handler: async () => {
    const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
    const user = await client.createUser();
    const token = await client.getToken(user, ["voip", "chat"]);
    return { body: JSON.stringify(Object.assign({ userId: user.communicationUserId }, token)) };
  },
});

functions
  .get("httpTriggerAcsToken")()
  .then(({ body }) => console.log(body));
