import { isRestError, type RestError } from "acs-identity";
import { askingClient } from "./ask.js";
import { type Check, Problem } from "./check.js";

/** Detects an emulator that was restarted without `--data` and has forgotten the ids that the app stored. */
export const userCheck: Check = {
  name: "User",
  async run(findings) {
    const { connection, userId } = findings;
    if (userId === undefined) return undefined;
    try {
      // No stable version can read a user. Issuing a token, as the app does, has recorded responses for both outcomes.
      const client = askingClient(findings, connection.credential);
      await client.getToken({ communicationUserId: userId }, ["voip"], { tokenExpiresInMinutes: 60 });
      return "the service issues tokens for it";
    } catch (error) {
      if (!isRestError(error) || error.code !== "IdentityNotOwned") {
        const { statusCode, code, message } = error as Partial<RestError>;
        const reason = [statusCode, code].filter(Boolean).join(" ") || message;
        const cause = `The service issues no token for the user (${reason})`;
        throw new Problem(cause, "Check the id: it starts with 8:acs:");
      }
      const diagnosis = error.details?.emulatorDiagnosis;
      throw new Problem(
        `The service doesn't know the user (${error.statusCode} ${error.code}: ${diagnosis ?? error.message})`,
        diagnosis
          ? "It was deleted, or the emulator was restarted without --data FILE and has forgotten it: create a user, and store its id"
          : "It was deleted, or it is another resource's: compare the ids in your store with this resource",
      );
    }
  },
};
