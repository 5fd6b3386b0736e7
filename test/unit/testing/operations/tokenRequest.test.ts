import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask, makeUser, type Question } from "../../../helpers/testing/ask.js";
import { expectRefusal } from "../refusal.js";

// No recording shows how the service answers these requests, so the answers are our choice.
const version = "api-version=2023-10-01";
const preview = "api-version=2025-03-02-preview";
const create = `/identities?${version}`;

const service = createFakeIdentityService();

describe("scopes and minutes", () => {
  const issue = async (body: unknown): Promise<Question> => ({
    method: "POST",
    target: `/identities/${encodeURIComponent(await makeUser(service))}/:issueAccessToken?${version}`,
    ...(body === undefined ? {} : { body }),
  });
  const expectInvalid = (question: Question, target: string | undefined, message: string) =>
    expectRefusal(service, question, {
      status: 400,
      code: "ValidationError",
      message,
      ...(target && { target }),
      // The service's framework names a member as its model does, and announces no versions.
      announced: target !== undefined && !message.startsWith(`${target}:`),
    });
  const notTexts = (name: string) => `${name}: The JSON value could not be converted to an array of strings.`;
  const unknown = (scope: string) => `Invalid scopes - Scope '${scope}' is not supported.`;
  const noMinutes = "ExpiresInMinutes: The JSON value could not be converted to a 32-bit integer.";
  const outside = (minutes: number) =>
    `ExpiresInMinutes value ${minutes} is invalid. Value must be within the [60, 1440] interval.`;

  it.each<[unknown, string | undefined, string]>([
    [undefined, undefined, "A non-empty request body is required."],
    ["null", undefined, "A non-empty request body is required."],
    [{}, "Scopes", "Scopes: The Scopes field is required."],
    [{ scopes: "chat" }, "Scopes", notTexts("Scopes")],
    [{ scopes: ["chat", 1] }, "Scopes", notTexts("Scopes")],
    [{ scopes: ["chat", "pstn"] }, "scopes", unknown("pstn")],
    [{ scopes: ["Chat"] }, "scopes", unknown("Chat")],
    [{ scopes: ["constructor"] }, "scopes", unknown("constructor")],
    [{ scopes: ["pstn"], expiresInMinutes: "60" }, "ExpiresInMinutes", noMinutes],
    ...["60", 60.5, 1e12, 2 ** 31].map((minutes): [unknown, string, string] => [
      { scopes: ["chat"], expiresInMinutes: minutes },
      "ExpiresInMinutes",
      noMinutes,
    ]),
    ...[59, 1441, -1, -(2 ** 31)].map((minutes): [unknown, string, string] => [
      { scopes: ["chat"], expiresInMinutes: minutes },
      "ExpiresInMinutes",
      outside(minutes),
    ]),
  ])("are rejected in a token request: %j", async (body, target, message) => {
    await expectInvalid(await issue(body), target, message);
  });

  it.each<[object, string, string, string?]>([
    [{ createTokenWithScopes: [] }, "scopes", "Invalid scopes - Scopes field is required."],
    [{ createTokenWithScopes: ["pstn"] }, "scopes", unknown("pstn")],
    [{ createTokenWithScopes: "chat" }, "CreateTokenWithScopes", notTexts("CreateTokenWithScopes")],
    [{ expiresInMinutes: 59 }, "ExpiresInMinutes", outside(59)],
    [{ expiresInMinutes: 1441 }, "ExpiresInMinutes", outside(1441)],
    // The types of all members are checked before the values.
    [
      { createTokenWithScopes: ["pstn"], expiresInMinutes: 59, customId: 5 },
      "CustomId",
      "CustomId: The JSON value could not be converted to a string.",
      preview,
    ],
  ])("are rejected without creating a user: %j", async (body, target, message, at = version) => {
    const { length } = service.users;
    await expectInvalid({ method: "POST", target: `/identities?${at}`, body }, target, message);
    expect(service.users).toHaveLength(length);
  });

  it("are quoted up to 64 characters, and the diagnosis names the version's scopes", async () => {
    const { body, diagnosis } = await ask(service, await issue({ scopes: ["x".repeat(65)] }));
    expect(body.error.message).toBe(`Invalid scopes - Scope '${"x".repeat(64)}' is not supported.`);
    expect(diagnosis).toBe("2023-10-01 has the scopes chat, voip, chat.join, chat.join.limited, voip.join");
  });

  it("that are missing need no diagnosis, since the message says it all", async () => {
    const { body, diagnosis } = await ask(service, await issue({ scopes: [] }));
    expect(body.error.message).toBe("Invalid scopes - Scopes field is required.");
    expect(diagnosis).toBeNull();
  });

  it.each([60, 1440, null])("are accepted with %j minutes", async (expiresInMinutes) => {
    expect((await ask(service, await issue({ scopes: ["chat"], expiresInMinutes }))).status).toBe(200);
  });

  it("include a repeated scope only once", async () => {
    const { body } = await ask(service, await issue({ scopes: ["voip", "chat", "voip"] }));
    expect((await service.inspectToken(body.token)).scopes).toEqual(["voip", "chat"]);
  });

  it("decide how long the first token of a new user is valid", async () => {
    const frozen = createFakeIdentityService({ now: "2026-03-01T12:00:00Z" });
    const body = { createTokenWithScopes: ["chat"], expiresInMinutes: 90 };
    const reply = await ask(frozen, { method: "POST", target: create, body });
    expect(reply.body.accessToken.expiresOn).toMatch(/^2026-03-01T13:30:00/);
  });

  it("yield no token if createTokenWithScopes is null", async () => {
    const { body } = await ask(service, {
      method: "POST",
      target: create,
      body: { createTokenWithScopes: null },
    });
    expect(body).not.toHaveProperty("accessToken");
  });
});
