import type { startEmulator } from "acs-identity/emulator";
import { check, failureOf } from "../check.js";
import type { SuiteCase } from "../subject.js";

/** The emulator within the runtime itself: Node, Bun and Deno. */
export function emulatorCases(start: typeof startEmulator): readonly SuiteCase[] {
  return [
    {
      name: "emulator: starts, serves the client, and closes",
      async run({ library }) {
        const emulator = await start();
        const retryOptions = { maxRetries: 0 };
        const client = new library.CommunicationIdentityClient(emulator.connectionString, { retryOptions });
        const { token } = await client.createUserAndToken(["voip"]);
        check((await emulator.service.inspectToken(token)).valid, "issues a valid token");
        await emulator.close();
        await failureOf(() => client.createUser());
      },
    },
  ];
}
