import { describe, expect, it, vi } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask } from "../../../helpers/testing/ask.js";
import { signToken } from "../entra/signToken.js";

const ids = {
  appId: "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023",
  userId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
};
const lastSecond = 0xffffffff;

const askers = {
  "a Teams user's token": async (service: FakeIdentityService, exp: number) => {
    const claims = { aud: "https://auth.msft.communication.azure.com", scp: "Teams.ManageCalls" };
    return ask(service, {
      method: "POST",
      target: "/teamsUser/:exchangeAccessToken?api-version=2023-10-01",
      body: { ...ids, token: await signToken({ exp, ...claims, appid: ids.appId, oid: ids.userId }) },
    });
  },
  "an Entra user's token": async (service: FakeIdentityService, exp: number) => {
    const claims = { aud: "https://communication.azure.com/clients", scp: "VoIP", oid: ids.userId };
    return ask(service, {
      method: "POST",
      target: "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
      body: {},
      bearer: await signToken({ exp, ...claims, appid: service.entra.clientId }),
    });
  },
};

describe.each(Object.entries(askers))("%s", (_, exchange) => {
  it.each([
    [Date.now() + 3_600_000, /expires after the year 2106: its claim exp is in milliseconds/],
    [lastSecond + 1, /expires after the year 2106/],
    [1e13, /expires after the year 2106/],
    [2 ** 53, /expires after the year 2106/],
    [1e300, /expires after the year 2106/],
  ])("that expires at %d is rejected and changes nothing", async (exp, diagnosis) => {
    const service = createFakeIdentityService({ seed: 1 });
    const { events } = snapshotContent(service);
    const reply = await exchange(service, exp);
    expect(reply.status).toBe(401);
    expect(reply.diagnosis).toMatch(diagnosis);
    expect(snapshotContent(service).events).toEqual(events);
  });

  it("that expires in the last 32-bit second is accepted, and the state has that expiry", async () => {
    const service = createFakeIdentityService({ seed: 1 });
    service.clock.advance({ days: 1 });
    expect((await exchange(service, lastSecond)).status).toBe(200);
    expect(snapshotContent(service).events).toContainEqual(
      expect.objectContaining({ expiresAt: lastSecond }),
    );
  });
});

it.each(Object.entries(askers))(
  "%s that has less than a second left is exchanged for a valid one",
  async (_, exchange) => {
    vi.useFakeTimers({ now: 1_772_366_400_500, toFake: ["Date"] });
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00.100Z" });
    const { accessToken, token = accessToken.token } = (await exchange(service, 1_772_366_401)).body;
    expect(await service.inspectToken(token)).toMatchObject({ valid: true });
  },
);

it.each(Object.entries(askers))(
  "%s is exchanged for one with as much time left, on a clock that runs two minutes and a day ahead",
  async (_, exchange) => {
    vi.useFakeTimers({ now: 1_772_366_400_000, toFake: ["Date"] });
    const service = createFakeIdentityService();
    service.clock.skew({ minutes: 2 });
    service.clock.advance({ days: 1 });
    const minutesLeft = 60;
    // Entra tokens live in the skewed time.
    const { body } = await exchange(service, 1_772_366_400 + (2 + minutesLeft) * 60);
    const { expiresOn } = body.accessToken ?? body;
    expect((Date.parse(expiresOn) - service.clock.now().getTime()) / 60_000).toBe(minutesLeft);
  },
);

it("a loose service replaces an unusable expiry with an hour", async () => {
  const service = createFakeIdentityService({ strictness: "loose" });
  service.clock.advance({ hours: 5 });
  const { body } = await askers["an Entra user's token"](service, 1e300);
  const minutes = (Date.parse(body.accessToken.expiresOn) - Date.now()) / 60_000;
  expect(Math.round(minutes)).toBe(6 * 60);
});
