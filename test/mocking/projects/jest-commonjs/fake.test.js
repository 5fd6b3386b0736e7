const { createFakeIdentityService } = require("acs-identity/testing");
const { issueToken } = require("./tokens");

const service = createFakeIdentityService();

it("issueToken gets a token from the fake that is valid for an hour", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString;
  const { token, user } = await issueToken({ httpClient: service.httpClient });
  expect(await service.inspectToken(token)).toMatchObject({ valid: true, userId: user.communicationUserId });
  service.clock.advance({ minutes: 61 });
  expect(await service.inspectToken(token)).toMatchObject({ valid: false, problem: "expired" });
});

it("issueToken rejects with the service's error", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = service.connectionString.replace(
    /accesskey=.*/,
    "accesskey=AAAA",
  );
  const refused = { statusCode: 401, code: "Denied" };
  await expect(issueToken({ httpClient: service.httpClient })).rejects.toMatchObject(refused);
});
