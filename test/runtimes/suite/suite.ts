import { credentialCases } from "./cases/credentials.js";
import { emulatorCases } from "./cases/emulator.js";
import { errorCases } from "./cases/errors.js";
import { failureCases } from "./cases/failures.js";
import { fakeCases } from "./cases/fake.js";
import { operationCases } from "./cases/operations.js";
import { signatureCases } from "./cases/signatures.js";
import type { Entries, Subject, SuiteCase } from "./subject.js";

/** The cases for every runtime. */
export const webCases: readonly SuiteCase[] = [
  ...signatureCases,
  ...operationCases,
  ...credentialCases,
  ...errorCases,
  ...failureCases,
  ...fakeCases,
];

/** The cases for Node and for runtimes that have Node's modules. */
export const nodeCases: readonly SuiteCase[] = [...webCases, ...emulatorCases];

/** Runs a case on the current runtime, against the service of service.ts. */
export async function runCase({ run }: SuiteCase, entries: Entries, connectionString: string): Promise<void> {
  const { endpoint } = entries.library.parseConnectionString(connectionString);
  const control = new Proxy({} as Subject["control"], {
    get: (_, command) => async (argument?: unknown) => {
      const body = JSON.stringify(argument ?? null);
      return (await fetch(new URL(`/_suite/${String(command)}`, endpoint), { method: "POST", body })).json();
    },
  });
  await control.reset();
  const client = new entries.library.CommunicationIdentityClient(connectionString);
  await run({ ...entries, client, connectionString, endpoint, control });
}
