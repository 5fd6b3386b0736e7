import type { CommunicationIdentityClient, RestError } from "acs-identity";
import { assert } from "chai";
import type { Commands } from "../service.js";

/** The package as a runtime resolves it. */
export interface Entries {
  readonly library: typeof import("acs-identity");
  readonly testing: typeof import("acs-identity/testing");
  /** Absent on the web. */
  readonly emulator?: typeof import("acs-identity/emulator");
}

/** What each case gets. */
export interface Subject extends Entries {
  /** With the connection string and no options. */
  readonly client: CommunicationIdentityClient;
  readonly connectionString: string;
  readonly endpoint: string;
  readonly control: {
    [Name in keyof Commands]: (
      ...args: Parameters<Commands[Name]>
    ) => Promise<Awaited<ReturnType<Commands[Name]>>>;
  };
}

export interface SuiteCase {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

/** Returns the error that a call rejects with, often a RestError. Fails the case if the call resolves. */
export function failureOf(call: () => Promise<unknown>): Promise<RestError> {
  return call().then(
    () => assert.fail("should reject but resolves"),
    (error) => error,
  );
}
