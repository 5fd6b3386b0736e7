// How users mock the client in their own tests: with spies on the real class, and with a subclass.
import { afterEach, expect, it, vi } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { connectionString, tokenBody, user, userBody, userId } from "../helpers/values.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const answer = { token: tokenBody.token, expiresOn: new Date(0) };

it("a spy on the prototype replaces the method in every client", async () => {
  const transport = stubTransport({ status: 201, body: userBody });
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
  const spy = vi.spyOn(CommunicationIdentityClient.prototype, "getToken").mockResolvedValue(answer);
  expect(await client.getToken(user, ["voip"])).toBe(answer);
  expect(spy).toHaveBeenCalledExactlyOnceWith(user, ["voip"]);
  expect(transport.sent).toEqual([]);
  expect(await client.createUser(), "the others work on").toEqual({ communicationUserId: userId });
});

it("a spy on a client replaces the method of that client only", async () => {
  const transport = stubTransport({ status: 201, body: userBody });
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
  const other = new CommunicationIdentityClient(connectionString, { httpClient: transport });
  vi.spyOn(client, "createUser").mockResolvedValue({ communicationUserId: "mine" });
  expect(await client.createUser()).toEqual({ communicationUserId: "mine" });
  expect(await other.createUser()).toEqual({ communicationUserId: userId });
});

it("a spy without a mocked answer lets the call through", async () => {
  const transport = stubTransport({ status: 201, body: userBody });
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
  const spy = vi.spyOn(client, "createUser");
  expect(await client.createUser()).toEqual({ communicationUserId: userId });
  expect(spy).toHaveBeenCalledOnce();
  expect(transport.sent).toHaveLength(1);
});

it("a subclass can override a method", async () => {
  class MyClient extends CommunicationIdentityClient {
    override async getToken() {
      return answer;
    }
  }
  const client: CommunicationIdentityClient = new MyClient(connectionString);
  expect(await client.getToken(user, ["voip"])).toBe(answer);
  expect(client).toBeInstanceOf(CommunicationIdentityClient);
});
