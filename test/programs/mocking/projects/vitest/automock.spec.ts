import { CommunicationIdentityClient, parseConnectionString } from "acs-identity";
import { expect, it, vi } from "vitest";
import { issueToken } from "./tokens.js";

vi.mock("acs-identity");

const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };

it("automocking replaces the methods of the class", async () => {
  const { createUserAndToken } = CommunicationIdentityClient.prototype;
  vi.mocked(createUserAndToken).mockResolvedValue(answer);
  expect(await issueToken()).toEqual(answer);
  expect(CommunicationIdentityClient).toHaveBeenCalledTimes(1);
  expect(createUserAndToken).toHaveBeenCalledWith(["chat"], { tokenExpiresInMinutes: 60 });
});

it("automocking replaces every method of the class, and the functions", async () => {
  const { CommunicationIdentityClient: Actual } =
    await vi.importActual<typeof import("acs-identity")>("acs-identity");
  const names = Object.getOwnPropertyNames(Actual.prototype).filter((name) => name !== "constructor");
  expect(names).toContain("getTokenForTeamsUser");
  const { prototype } = CommunicationIdentityClient;
  expect(names.filter((name) => !vi.isMockFunction(prototype[name as "createUser"]))).toEqual([]);
  expect(vi.isMockFunction(parseConnectionString)).toBe(true);
});
