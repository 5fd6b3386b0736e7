import type { Control } from "./control.js";

/** The package as a runtime resolves it. */
export interface Entries {
  readonly library: typeof import("acs-identity");
  readonly testing: typeof import("acs-identity/testing");
  /** Which side of the package's platform split the runtime takes. */
  readonly platform: "node" | "web";
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

export const userIdPattern: RegExp = /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/;
