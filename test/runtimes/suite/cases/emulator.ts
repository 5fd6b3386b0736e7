import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

/** The emulator in the runtime itself: Node, Bun and Deno. */
export const emulatorCases: readonly SuiteCase[] = [
  {
    name: "starts the emulator, calls it with the client, and closes it",
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
