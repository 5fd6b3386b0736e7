// The service's quickstart, with each kind of credential.
const { AzureKeyCredential } = require("@azure/core-auth");
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
const [endpoint, accessKey] = connectionString
  .split(";accesskey=")
  .map((part) => part.replace("endpoint=", ""));
const entraCredential = {
  getToken: async (scopes) => {
    console.log("asked for", scopes);
    return { token: process.env.ENTRA_TOKEN, expiresOnTimestamp: Date.now() + 3600 * 1000 };
  },
};

async function issue(identityClient) {
  const identityResponse = await identityClient.createUser();
  console.log("Created an identity", identityResponse);

  let tokenResponse = await identityClient.getToken(identityResponse, ["voip"]);
  let { token, expiresOn } = tokenResponse;
  console.log("Issued an access token", typeof token, expiresOn instanceof Date);

  tokenResponse = await identityClient.getToken(identityResponse, ["voip"], { tokenExpiresInMinutes: 60 });
  ({ token, expiresOn } = tokenResponse);
  console.log("for minutes", Math.round((expiresOn - Date.now()) / 60000));

  const identityTokenResponse = await identityClient.createUserAndToken(["voip"]);
  const { user } = identityTokenResponse;
  ({ token, expiresOn } = identityTokenResponse);
  console.log("Created an identity with a token", Object.keys(identityTokenResponse).sort(), user);

  const refreshed = await identityClient.getToken({ communicationUserId: user.communicationUserId }, [
    "voip",
  ]);
  console.log("Refreshed", Object.keys(refreshed).sort());

  console.log("Revoked", await identityClient.revokeTokens(user));
  console.log("Deleted", await identityClient.deleteUser(user));
}

async function main() {
  await issue(new CommunicationIdentityClient(connectionString));
  await issue(new CommunicationIdentityClient(endpoint, new AzureKeyCredential(accessKey)));
  await issue(new CommunicationIdentityClient(endpoint, entraCredential));
}

main().catch((error) => {
  console.log("Encountered an error", error.message);
  process.exit(1);
});
