import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

/** Credentials and endpoints. */
export const credentialCases: readonly SuiteCase[] = [
  {
    name: "signs with an AzureKeyCredential, and with its new key after an update",
    async run({ library, endpoint, connectionString }) {
      const { credential } = library.parseConnectionString(connectionString);
      const keyCredential = new library.AzureKeyCredential("AAAA");
      const client = new library.CommunicationIdentityClient(endpoint, keyCredential);
      const { code, statusCode } = await failureOf(() => client.createUser());
      assert.deepEqual([code, statusCode], ["Denied", 401], "with a wrong key");
      keyCredential.update(credential.key);
      assert((await client.createUser()).communicationUserId, "with the right key");
    },
  },
  {
    name: "sends the token of an Entra credential, and requests it only once",
    async run({ library, endpoint, control }) {
      const asked: unknown[] = [];
      const token = await control.entraToken();
      const client = new library.CommunicationIdentityClient(endpoint, {
        async getToken(scopes: string | string[]) {
          asked.push(scopes);
          return token;
        },
      });
      const { user } = await client.createUserAndToken(["chat"]);
      await client.getToken(user, ["chat"]);
      assert.deepEqual(asked, [["https://communication.azure.com//.default"]], "scopes that were asked for");
      const sent = (await control.requests()).map(({ headers }) => headers.authorization);
      assert(sent.length === 2 && sent.every((value) => value === `Bearer ${token.token}`), "Bearer in both");
    },
  },
  {
    name: "never sends an Entra token over plain http to another machine, whatever the options",
    async run({ library }) {
      const token = "eyJ.not.sent";
      const credential = {
        getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3.6e6 }),
      };
      const options = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
      const failure = await failureOf(async () => {
        await new library.CommunicationIdentityClient("http://acs.invalid", credential, options).createUser();
      });
      assert(/https|http/.test(failure.message) && failure.code !== "REQUEST_SEND_ERROR", failure.message);
      assert(!failure.message.includes(token), "the message holds no token");
    },
  },
  {
    name: "accepts an endpoint with and without a trailing slash",
    async run({ library, endpoint, connectionString, control }) {
      const { credential } = library.parseConnectionString(connectionString);
      for (const form of [endpoint.replace(/\/*$/, ""), `${endpoint.replace(/\/*$/, "")}/`]) {
        await new library.CommunicationIdentityClient(form, credential).createUser();
      }
      const paths = (await control.requests()).map(({ url }) => url);
      assert.deepEqual(paths, Array(2).fill("/identities?api-version=2023-10-01"), "paths");
    },
  },
  {
    name: "sends its user agent in a header that the runtime allows",
    async run({ client, control }) {
      await client.createUser();
      const [request] = await control.requests();
      const agent = request?.headers["x-ms-useragent"] ?? request?.headers["user-agent"] ?? "";
      assert(/acs-identity-js\/\d+\.\d+\.\d+/.test(agent), `the agent is ${agent}`);
    },
  },
];
