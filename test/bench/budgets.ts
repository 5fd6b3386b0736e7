import { versions } from "node:process";

/** On Node 22 and later npm installs newer core packages, which cost less. */
const isLater = Number.parseInt(versions.node, 10) >= 22;

type Name =
  | "stub"
  | "loopback"
  | "loopbackOverUndici"
  | "addedToNode"
  | "bundle"
  | "import"
  | "coldStart"
  | "coldStartBundled"
  | "installed"
  | "emulatorReady";

/** The maximum cost of ours, as a fraction of what the official package costs in the same run. */
export const budgets: Readonly<Record<Name, number>> = {
  stub: isLater ? 0.45 : 0.65,
  loopback: isLater ? 0.8 : 1,
  loopbackOverUndici: isLater ? 0.6 : 0.75,
  /** What a call over loopback costs more than with node:http alone. */
  addedToNode: isLater ? 0.5 : 1,
  /** Telling misspelled options apart, with their names and messages, takes .02 of it. */
  bundle: 0.79,
  import: 1.1,
  coldStart: 0.9,
  coldStartBundled: 0.6,
  installed: 0.8,
  /** As a fraction of the time that Node takes to start and exit. */
  emulatorReady: 2,
};
