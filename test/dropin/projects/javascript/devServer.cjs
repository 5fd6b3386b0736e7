// A development server's configuration, which requires the client where it's used and keeps its answers.
const users = new Map();

const configuration = {
  setupMiddlewares: async (routes) => {
    const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
    if (connectionString.indexOf("endpoint=") === -1) throw new Error("no connection string");
    const CommunicationIdentityClient = require("@azure/communication-identity").CommunicationIdentityClient;
    const client = new CommunicationIdentityClient(connectionString);
    routes.set("/tokens/provisionUser", async () => {
      const answer = await client.createUserAndToken(["voip"]);
      users.set(answer.user.communicationUserId, answer);
      return answer;
    });
    routes.set("/tokens/refresh", async ({ id }) => client.getToken(users.get(id).user, ["voip"]));
  },
};

async function run() {
  const routes = new Map();
  await configuration.setupMiddlewares(routes);
  const { user } = await routes.get("/tokens/provisionUser")();
  console.log(await routes.get("/tokens/refresh")({ id: user.communicationUserId }));
}

run();
