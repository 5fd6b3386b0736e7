// A job with a managed identity, whose endpoint ends with a slash and whose credential is from another package.
const { CommunicationIdentityClient } = require("@azure/communication-identity");

class ManagedIdentityCredential {
  async getToken(scopes) {
    console.log("asked for", scopes);
    return { token: process.env.ENTRA_TOKEN, expiresOnTimestamp: Date.now() + 3600 * 1000 };
  }
}

async function run() {
  const resource = process.env.COMMUNICATION_CONNECTION_STRING.split(";")[0].replace("endpoint=", "");
  const client = new CommunicationIdentityClient(
    resource.endsWith("/") ? resource : `${resource}/`,
    new ManagedIdentityCredential(),
  );
  const result = await client.createUserAndToken(["chat"]);
  console.log(result.token.split(".").length, "parts");
}

run();
