import { askingClient, problemFromResponse, responseTo, timeLimit } from "./ask.js";
import type { Check } from "./check.js";

/** Detects an emulator that was restarted without `--data` and has forgotten the ids that the app stored. */
export const checkUser: Check = async (findings) => {
  const { endpoint, userId } = findings;
  if (userId === undefined) return undefined;
  // No stable version can read a user. Issuing a token, as the app does, has recorded responses for both outcomes.
  const client = askingClient(findings);
  const call = client.getToken({ communicationUserId: userId }, ["voip"], {
    tokenExpiresInMinutes: 60,
    ...timeLimit,
  });
  const response = await responseTo(call, endpoint);
  if (response.status === 200) return "the service issues tokens for it";
  if (response.code !== "IdentityNotOwned")
    throw problemFromResponse("The service issues no token for the user", response);
  throw problemFromResponse(
    "The service doesn't know the user",
    response,
    response.diagnosis
      ? "It was deleted, or the emulator was restarted without --data FILE and has forgotten it: create a user, and store its id"
      : "It was deleted, or it is another resource's: compare the ids in your store with this resource",
  );
};
