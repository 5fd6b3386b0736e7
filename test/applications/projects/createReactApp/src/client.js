import { CommunicationIdentityClient } from "@azure/communication-identity";
import { createFakeIdentityService } from "@azure/communication-identity/testing";

async function createUser({ CommunicationIdentityClient, createFakeIdentityService }) {
  const { connectionString, httpClient } = createFakeIdentityService();
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  return (await client.createUser()).communicationUserId;
}

const required = {
  ...require("@azure/communication-identity"),
  ...require("@azure/communication-identity/testing"),
};
export const users = Promise.all([
  createUser({ CommunicationIdentityClient, createFakeIdentityService }),
  createUser(required),
]);
