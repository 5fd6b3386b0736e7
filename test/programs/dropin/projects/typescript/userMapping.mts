// Maps names to users, with a client at module scope. Also revokes tokens and deletes users.

import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type CreateUserAndTokenOptions,
  type GetTokenOptions,
} from "@azure/communication-identity";
import { AzureKeyCredential } from "@azure/core-auth";

const [endpoint = "", key = ""] = (process.env.COMMUNICATION_CONNECTION_STRING ?? "")
  .replace("endpoint=", "")
  .split(";accesskey=");
const options: CommunicationIdentityClientOptions = { retryOptions: { maxRetries: 1 } };
const sharedClient = new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key), options);
const forAnHour: GetTokenOptions & CreateUserAndTokenOptions = { tokenExpiresInMinutes: 60 };

class UserMapping {
  readonly #client: CommunicationIdentityClient;
  readonly #ids = new Map<string, string>();

  constructor(client: CommunicationIdentityClient = sharedClient) {
    this.#client = client;
  }

  async tokenFor(name: string): Promise<string> {
    const known = this.#ids.get(name);
    if (known)
      return (await this.#client.getToken({ communicationUserId: known }, ["voip"], forAnHour)).token;
    const { user, token } = await this.#client.createUserAndToken(["voip"], forAnHour);
    this.#ids.set(name, user.communicationUserId);
    return token;
  }

  async forget(name: string): Promise<void> {
    const user = { communicationUserId: this.#ids.get(name) ?? "" };
    await this.#client.revokeTokens(user);
    await this.#client.deleteUser(user);
    this.#ids.delete(name);
  }
}

const mapping = new UserMapping();
const tokens = [await mapping.tokenFor("ann"), await mapping.tokenFor("ann")];
console.log(new Set(tokens).size, await mapping.forget("ann"));
