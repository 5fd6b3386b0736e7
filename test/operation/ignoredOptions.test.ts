import { expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport, success } from "../helpers/stubTransport.js";
import { connectionString, teams, user } from "../helpers/values.js";

/** Of Azure Core's types, of a caller's own policies, and of callers who guess. */
const names = [
  ...["baseUri", "credentialScopes", "endpoint", "pipeline", "requestContentType", "serializerOptions"],
  ...[
    "sessionExpiry",
    "minutes",
    "signal",
    "timeout",
    "scopes",
    "requestOption",
    "retryOption",
    "constructor",
  ],
];

it.each(names)("an option that nothing reads is ignored: %s", async (name) => {
  const httpClient = stubTransport(success);
  const option = { [name]: 1 };
  const client = new CommunicationIdentityClient(connectionString, { httpClient, ...option });
  await client.createUser(option);
  await client.createUserAndToken(["voip"], option);
  await client.getToken(user, ["voip"], option);
  await client.revokeTokens(user, option);
  await client.deleteUser(user, option);
  await client.getTokenForTeamsUser({ ...teams, ...option });
  expect(httpClient.sent).toHaveLength(6);
});
