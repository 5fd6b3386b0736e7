import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

const minute = 60_000;
const userIdPattern = /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/;

/** Every operation against the emulator, with an access key. */
export const operationCases: readonly SuiteCase[] = [
  {
    name: "creates a user",
    async run({ client }) {
      const user = await client.createUser();
      assert.deepEqual(Object.keys(user), ["communicationUserId"], "keys");
      assert(userIdPattern.test(user.communicationUserId), `${user.communicationUserId} is no user id`);
    },
  },
  {
    name: "creates a user with a token",
    async run({ client }) {
      const answer = await client.createUserAndToken(["chat", "voip"]);
      assert.deepEqual(Object.keys(answer).sort(), ["expiresOn", "token", "user"], "keys");
      assert(userIdPattern.test(answer.user.communicationUserId), "has a user id");
      assert.deepEqual(answer.token.split(".").length, 3, "parts of the token");
      checkMinutesLeft(answer.expiresOn, 24 * 60);
    },
  },
  {
    name: "gets a token that is valid for an hour",
    async run({ client }) {
      const user = await client.createUser();
      const answer = await client.getToken(user, ["voip.join"], { tokenExpiresInMinutes: 60 });
      assert.deepEqual(Object.keys(answer).sort(), ["expiresOn", "token"], "keys");
      checkMinutesLeft(answer.expiresOn, 60);
    },
  },
  {
    name: "revokes the tokens of a user, who can get new ones",
    async run({ client }) {
      const { user } = await client.createUserAndToken(["chat"]);
      assert.deepEqual(await client.revokeTokens(user), undefined, "result");
      assert((await client.getToken(user, ["chat"])).token, "gets a new token");
    },
  },
  {
    name: "deletes a user, who then can't get tokens",
    async run({ client }) {
      const user = await client.createUser();
      assert.deepEqual(await client.deleteUser(user), undefined, "result");
      const { code, statusCode } = await failureOf(() => client.getToken(user, ["chat"]));
      assert.deepEqual([code, statusCode], ["IdentityNotOwned", 401], "code and status");
    },
  },
  {
    name: "exchanges a Teams user's token",
    async run({ client, control }) {
      const teams = { clientId: crypto.randomUUID(), userObjectId: crypto.randomUUID() };
      const answer = await client.getTokenForTeamsUser({
        teamsUserAadToken: await control.teamsToken(teams),
        ...teams,
      });
      assert.deepEqual(Object.keys(answer).sort(), ["expiresOn", "token"], "keys");
      checkMinutesLeft(answer.expiresOn, 64);
    },
  },
  {
    name: "sets, reads and deletes a Teams extension assignment",
    async run({ client }) {
      const [tenantId, objectId, clientId] = [0, 0, 0].map(() => crypto.randomUUID());
      assert(tenantId && objectId && clientId, "has ids");
      const input = { principalType: "user", clientIds: [clientId] };
      const assignment = { objectId, tenantId, ...input };
      const set = await client.upsertTeamsExtensionAssignment(tenantId, objectId, input);
      const read = await client.getTeamsExtensionAssignment(tenantId, objectId);
      for (const answer of [set, read]) {
        assert.deepEqual(sorted(answer), sorted(assignment), "assignment");
      }
      assert.deepEqual(await client.deleteTeamsExtensionAssignment(tenantId, objectId), undefined, "result");
      const { statusCode } = await failureOf(() => client.getTeamsExtensionAssignment(tenantId, objectId));
      assert.deepEqual(statusCode, 404, "status after the deletion");
    },
  },
  {
    name: "makes 40 concurrent calls with one client",
    async run({ client }) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => client.createUserAndToken(["chat"])),
      );
      assert.deepEqual(new Set(answers.map(({ user }) => user.communicationUserId)).size, 40, "users");
      assert.deepEqual(new Set(answers.map(({ token }) => token)).size, 40, "tokens");
    },
  },
  {
    name: "calls onResponse once, with the status and the parsed body",
    async run({ client }) {
      const seen: [number, boolean][] = [];
      await client.createUser({
        onResponse: ({ status }, body) => seen.push([status, "identity" in (body as object)]),
      });
      assert.deepEqual(seen, [[201, true]], "responses");
    },
  },
];

function checkMinutesLeft(expiresOn: Date, minutes: number): void {
  assert(expiresOn instanceof Date, "expiresOn is a Date");
  const left = (expiresOn.getTime() - Date.now()) / minute;
  assert(Math.abs(left - minutes) < 1, `expires in ${left} minutes, not in ${minutes}`);
}

function sorted(value: object): unknown[] {
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
}
