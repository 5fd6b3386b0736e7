import type { JsonValue } from "../recorded/recorded.js";

/** How a request is authenticated; all but `valid` are wrong on purpose. */
export type Signing =
  | "valid"
  | "none"
  | "wrongKey"
  | "oldDate"
  | "newDate"
  | "otherHost"
  | "otherBody"
  | "noDate"
  | "noContentHash"
  | "garbageToken";

/**
 * One request. `{name}` in its path, headers and body stands for what an earlier step, the settings or the run provide:
 * the same thing for both sides.
 */
export interface Step {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. A string is sent as it is. */
  readonly body?: JsonValue;
  /** Default: `valid`. */
  readonly signing?: Signing;
  /** Whether a method of the client sends it. Otherwise Azure Core's pipeline does, with the exported signing policy. */
  readonly byClient?: boolean;
  /** The name for the id of the user in its answer. */
  readonly as?: string;
  /** The name of the user whose id it should return again. */
  readonly sameAs?: string;
  /** Whether it only prepares the next steps, so that its answer isn't compared. */
  readonly isSetup?: boolean;
  /** Whether its answer may have data of other people, of which nothing is compared or recorded. */
  readonly comparesStatusOnly?: boolean;
  /** The path whose deletion undoes it, if it makes an assignment. */
  readonly undo?: string;
  /** Whether to verify the token in its answer with the keys that the service publishes, if any. */
  readonly verifies?: boolean;
}

/** A question to the service. */
export interface Case {
  readonly name: string;
  /** The file of the fake that decides the answer. */
  readonly decidedBy: string;
  /** What it can't run without. */
  readonly needs?: "key" | "teams" | "tenant";
  readonly steps: readonly Step[];
}
