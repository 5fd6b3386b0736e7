import { type Control, createControl } from "./control.js";

/** The package as a runtime resolves it. */
export interface Entries {
  readonly library: typeof import("acs-identity");
  readonly testing: typeof import("acs-identity/testing");
  /** Absent on the web. */
  readonly emulator?: typeof import("acs-identity/emulator");
}

/** What every case works on. */
export interface Subject extends Entries {
  readonly connectionString: string;
  readonly endpoint: string;
  readonly control: Control;
}

export interface SuiteCase {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

/**
 * Runs a case on whatever runtime this is.
 *
 * @param connectionString - Of the service that service.ts starts.
 */
export async function runCase({ run }: SuiteCase, entries: Entries, connectionString: string): Promise<void> {
  const { endpoint } = entries.library.parseConnectionString(connectionString);
  const control = createControl(endpoint);
  await control.reset();
  await run({ ...entries, connectionString, endpoint, control });
}
