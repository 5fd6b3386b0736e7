import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

/** The emulator within the runtime itself: Node, Bun and Deno. */
export const emulatorCases: readonly SuiteCase[] = [
  {
    name: "emulator: starts, serves the client, and closes",
    async run({ library, emulator: entry }) {
      assert(entry, "the runtime has the emulator");
      const emulator = await entry.startEmulator();
      const retryOptions = { maxRetries: 0 };
      const client = new library.CommunicationIdentityClient(emulator.connectionString, { retryOptions });
      const { token } = await client.createUserAndToken(["voip"]);
      assert((await emulator.service.inspectToken(token)).valid, "issues a valid token");
      await emulator.close();
      await failureOf(() => client.createUser());
    },
  },
];
