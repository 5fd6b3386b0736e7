import { expect, it, jest } from "@jest/globals";

// Jest doesn't automock ES modules, so the mock is made from the CommonJS module.
jest.unstable_mockModule("acs-identity", () => jest.createMockFromModule("acs-identity"));

const { CommunicationIdentityClient } = await import("acs-identity");
const { issueToken } = await import("./tokens.js");

const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };

it("automocking replaces the methods of the class", async () => {
  const { createUserAndToken } = CommunicationIdentityClient.prototype;
  createUserAndToken.mockResolvedValue(answer);
  expect(await issueToken()).toEqual(answer);
  expect(CommunicationIdentityClient).toHaveBeenCalledTimes(1);
  expect(createUserAndToken).toHaveBeenCalledWith(["chat"], { tokenExpiresInMinutes: 60 });
  CommunicationIdentityClient.prototype.createUser.mockResolvedValue({ communicationUserId: "8:acs:alice" });
  expect(await new CommunicationIdentityClient("").createUser()).toEqual({
    communicationUserId: "8:acs:alice",
  });
});
