import { CommunicationIdentityClient, isRestError } from "acs-identity";
import { type Check, type Findings, isLoopback, Problem } from "./check.js";

/** Only this API version can read a user. Which resources support it isn't documented. */
const apiVersion = "2025-03-02-preview";

/** Detects an emulator that was restarted without `--data` and has forgotten the ids that the app stored. */
export const userCheck: Check = {
  name: "User",
  async run(findings) {
    const { userId } = findings;
    if (userId === undefined) return undefined;
    try {
      await clientOf(findings).getUserDetail({ communicationUserId: userId });
      return "the service knows it";
    } catch (error) {
      if (!isRestError(error)) throw error;
      if (error.code !== "IdentityNotOwned" && error.statusCode !== 404) {
        return `can't be checked: the service doesn't let users be read (${error.statusCode})`;
      }
      throw new Problem(
        `The service doesn't know the user (${error.statusCode} ${error.code}: ${error.message})`,
        isLoopback(findings.endpoint)
          ? "An emulator forgets its users when it is restarted: keep them with --data FILE, and create this one again"
          : "It was deleted, or it is another resource's: compare the ids in your store with this resource",
      );
    }
  },
};

function clientOf({ connection, endpoint }: Findings): CommunicationIdentityClient {
  const options = { ...connection.options, apiVersion, retryOptions: { maxRetries: 0 } };
  return new CommunicationIdentityClient(endpoint.href, connection.credential, options);
}
