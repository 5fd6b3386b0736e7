const identity = require("acs-identity");
const { issueToken } = require("./tokens");

it("a spy replaces one method", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = "endpoint=https://a.invalid/;accesskey=AAAA";
  const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };
  const spy = jest
    .spyOn(identity.CommunicationIdentityClient.prototype, "createUserAndToken")
    .mockResolvedValue(answer);
  expect(await issueToken()).toBe(answer);
  expect(spy).toHaveBeenCalledTimes(1);
});

it("a spy replaces the exported class", async () => {
  const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };
  const double = { createUserAndToken: () => Promise.resolve(answer) };
  const spy = jest.spyOn(identity, "CommunicationIdentityClient").mockImplementation(() => double);
  const client = new identity.CommunicationIdentityClient("");
  expect(await client.createUserAndToken(["chat"])).toBe(answer);
  spy.mockRestore();
});
