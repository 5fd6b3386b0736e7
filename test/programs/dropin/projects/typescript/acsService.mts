// A service module with one factory for tests to replace, which spreads answers into larger ones.

import type { CommunicationUserIdentifier } from "@azure/communication-common";
import {
  type CommunicationAccessToken,
  CommunicationIdentityClient,
  type CommunicationUserToken,
  type GetTokenForTeamsUserOptions,
  type TokenScope,
} from "@azure/communication-identity";

const scopes: TokenScope[] = ["chat", "voip"];

export const acsService = {
  createAuthenticatedClient: (): CommunicationIdentityClient =>
    new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? ""),

  async createACSUserIdentity(): Promise<string> {
    const user: CommunicationUserIdentifier = await acsService.createAuthenticatedClient().createUser();
    return user.communicationUserId;
  },

  async getACSToken(communicationUserId: string): Promise<CommunicationUserToken> {
    const user = { communicationUserId };
    const acsToken: CommunicationAccessToken = await acsService
      .createAuthenticatedClient()
      .getToken(user, scopes);
    return { ...acsToken, user };
  },

  getACSTokenForTeamsUser(options: GetTokenForTeamsUserOptions): Promise<CommunicationAccessToken> {
    return acsService.createAuthenticatedClient().getTokenForTeamsUser(options);
  },

  async deleteACSUserIdentity(communicationUserId: string): Promise<void> {
    await acsService.createAuthenticatedClient().deleteUser({ communicationUserId });
  },
};

const id = await acsService.createACSUserIdentity();
const answer = await acsService.getACSToken(id);
console.log(Object.keys(answer).sort(), answer.user.communicationUserId === id);
const teamsUserAadToken = process.env.TEAMS_TOKEN ?? "";
const clientId = process.env.TEAMS_CLIENT_ID ?? "";
const userObjectId = process.env.TEAMS_USER_ID ?? "";
console.log(
  Object.keys(await acsService.getACSTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId })).sort(),
);
await acsService.deleteACSUserIdentity(id);
await acsService.getACSToken(id).catch((error: Error) => console.log(error.message));
