jest.mock("acs-identity");

const { CommunicationIdentityClient } = require("acs-identity");
const { issueToken } = require("./tokens");

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
