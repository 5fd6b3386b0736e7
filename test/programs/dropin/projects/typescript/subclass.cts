// A subclass of the client, and a spy on a method of the client's prototype.
import { CommunicationIdentityClient, type TokenScope } from "@azure/communication-identity";

class AuditedIdentityClient extends CommunicationIdentityClient {
  readonly issued: string[] = [];

  override async getToken(
    user: { communicationUserId: string },
    scopes: TokenScope[],
  ): ReturnType<CommunicationIdentityClient["getToken"]> {
    const answer = await super.getToken(user, scopes);
    this.issued.push(scopes.join());
    return answer;
  }
}

async function run(): Promise<void> {
  const client = new AuditedIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");
  await client.getToken(await client.createUser(), ["chat", "voip"]);
  console.log(client.issued, client instanceof CommunicationIdentityClient);

  const { createUser } = CommunicationIdentityClient.prototype;
  CommunicationIdentityClient.prototype.createUser = async () => ({ communicationUserId: "spied" });
  console.log(await client.createUser(), CommunicationIdentityClient.name);
  CommunicationIdentityClient.prototype.createUser = createUser;
}

void run();
