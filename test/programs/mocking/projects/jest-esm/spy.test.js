import { expect, it, jest } from "@jest/globals";
import { CommunicationIdentityClient } from "acs-identity";
import { issueToken } from "./tokens.js";

it("a spy replaces one method", async () => {
  process.env.COMMUNICATION_CONNECTION_STRING = "endpoint=https://a.invalid/;accesskey=AAAA";
  const answer = { token: "t", expiresOn: new Date(0), user: { communicationUserId: "8:acs:a_b" } };
  const spy = jest
    .spyOn(CommunicationIdentityClient.prototype, "createUserAndToken")
    .mockResolvedValue(answer);
  expect(await issueToken()).toBe(answer);
  expect(spy).toHaveBeenCalledTimes(1);
});
