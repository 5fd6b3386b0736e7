import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

/** Errors from the service, and errors before anything is sent. */
export const errorCases: readonly SuiteCase[] = [
  {
    name: "rejects with a RestError that has the service's error",
    async run({ client, library, control }) {
      const user = await client.createUser();
      const failure = await failureOf(() => client.getToken(user, ["chat"], { tokenExpiresInMinutes: 59 }));
      assert(library.isRestError(failure), "isRestError");
      assert(failure instanceof library.RestError, "instanceof RestError");
      assert.deepEqual(
        [failure.name, failure.code, failure.statusCode],
        ["RestError", "ValidationError", 400],
        "error",
      );
      assert(failure.message.includes("[60, 1440]"), failure.message);
      assert.deepEqual((await control.requests()).length, 2, "requests: a refusal is not retried");
    },
  },
  {
    name: "keeps the key out of errors, however they are printed",
    async run({ client, library, connectionString }) {
      const { credential } = library.parseConnectionString(connectionString);
      const foreign = { communicationUserId: "8:acs:00000000-0000-4000-8000-000000000000_x" };
      const error = await failureOf(() => client.getToken(foreign, ["chat"]));
      assert.deepEqual(error.code, "IdentityNotOwned", "code");
      const printed = `${error.message} ${JSON.stringify(error)} ${String(error)}`;
      assert(!printed.includes(credential.key) && !printed.includes("HMAC-SHA256"), "no secret");
    },
  },
  {
    name: "rejects invalid arguments before sending anything",
    async run({ client, control }) {
      const nothing = undefined as unknown as never;
      const calls = [
        () => client.getToken(nothing, ["chat"]),
        () => client.getToken({ communicationUserId: "" }, ["chat"]),
        () => client.deleteUser({ communicationUserId: ".." }),
        () => client.createUserAndToken(nothing),
        () => client.getTokenForTeamsUser(nothing),
      ];
      for (const call of calls) assert.deepEqual((await failureOf(call)).name, "TypeError", String(call));
      assert.deepEqual(await control.requests(), [], "requests");
    },
  },
  {
    name: "throws from the constructor for an invalid connection string, without showing its key",
    async run({ library }) {
      const secret = "c2VjcmV0c2VjcmV0";
      const texts = ["", "nonsense", `endpoint=;accesskey=${secret}`, `accesskey=${secret}`];
      for (const text of [...texts, undefined as unknown as string]) {
        const failure = await failureOf(async () => new library.CommunicationIdentityClient(text));
        assert.deepEqual(failure.name, "TypeError", `for ${text}`);
        assert(!failure.message.includes(secret), "the message holds no key");
      }
    },
  },
];
