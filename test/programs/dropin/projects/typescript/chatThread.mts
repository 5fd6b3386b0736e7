// Two users who chat, with the official packages' credential and chat client.
import { ChatClient, type ChatParticipant, type CreateChatThreadOptions } from "@azure/communication-chat";
import {
  AzureCommunicationTokenCredential,
  type CommunicationUserIdentifier,
  getIdentifierRawId,
} from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING ?? "";
const endpoint = connectionString.split(";")[0]?.replace("endpoint=", "") ?? "";
const client = new CommunicationIdentityClient(connectionString);

const { token: token1, user: user1 } = await client.createUserAndToken(["chat"]);
const { user: user2 } = await client.createUserAndToken(["chat"]);

const credential = new AzureCommunicationTokenCredential({
  token: token1,
  refreshProactively: false,
  tokenRefresher: async () => (await client.getToken(user1, ["chat"])).token,
});
const chatClient = new ChatClient(endpoint, credential);
const participants: ChatParticipant[] = [{ id: user1, displayName: "One" }, { id: user2 }];
const options: CreateChatThreadOptions = { participants };
console.log(
  typeof chatClient.createChatThread,
  options.participants?.map(({ id }) => getIdentifierRawId(id)),
);
console.log((await credential.getToken()).token === token1);
credential.dispose();
const known: CommunicationUserIdentifier = { communicationUserId: user2.communicationUserId };
console.log(Object.keys(await client.getToken(known, ["chat"])).sort());
