import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../helpers/testing/ask.js";
import { expectRefusal } from "../refusal.js";

const preview = "api-version=2025-03-02-preview";
const service = createFakeIdentityService({ revocationDelayInSeconds: 900 });

describe("customId", () => {
  const withCustomId = (customId: unknown) => ({
    method: "POST",
    target: `/identities?${preview}`,
    body: { customId },
  });

  it.each(["", "x".repeat(257), 5])("can't be %j", async (customId) => {
    const problem =
      customId === 5
        ? "The JSON value could not be converted to a string."
        : "The CustomId field must have a length of 1 to 256 characters.";
    await expectRefusal(service, withCustomId(customId), {
      status: 400,
      code: "ValidationError",
      message: `CustomId: ${problem}`,
      target: "CustomId",
    });
  });

  it("is shown by getUserDetail, with the time of the last token, as recorded", async () => {
    const frozen = createFakeIdentityService({ now: "2026-03-01T11:59:00Z" });
    await ask(frozen, withCustomId("alice"));
    frozen.clock.advance({ minutes: 1 });
    const body = { customId: "alice", createTokenWithScopes: ["chat"] };
    const { identity } = (await ask(frozen, { ...withCustomId("alice"), body })).body;
    const target = `/identities/${encodeURIComponent(identity.id)}?${preview}`;
    const reply = await ask(frozen, { method: "GET", target });
    expect(JSON.stringify(reply.body)).toBe(
      `{"customId":"alice","lastTokenIssuedAt":"2026-03-01T12:00:00+00:00","id":"${identity.id}"}`,
    );
    const now = new Date("2026-03-01T12:00:00Z");
    expect(frozen.users).toEqual([
      {
        id: identity.id,
        customId: "alice",
        createdAt: new Date(now.getTime() - 60_000),
        lastTokenIssuedAt: now,
      },
    ]);
    const names = ["accept-ranges", "content-type", "content-length"];
    expect(names.map((name) => reply.headers.get(name))).toEqual([
      "bytes",
      "application/json; charset=utf-8",
      String(JSON.stringify(reply.body).length),
    ]);
  });

  it("yields the same user until that user is deleted, in a snapshot, too", async () => {
    const idOf = async () => (await ask(service, withCustomId("x".repeat(256)))).body.identity.id;
    const id = await idOf();
    expect(await idOf()).toBe(id);
    await ask(service, { method: "DELETE", target: `/identities/${encodeURIComponent(id)}?${preview}` });
    const next = await idOf();
    expect(next).not.toBe(id);
    service.restore(service.snapshot());
    expect(await idOf()).toBe(next);
  });
});
