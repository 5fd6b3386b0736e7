import { versions } from "node:process";

/** The newest Azure Core, which needs Node 22, costs less, and Node itself starts faster. */
const isLater = Number.parseInt(versions.node, 10) >= 22;

type Name =
  | "stub"
  | "loopback"
  | "loopbackOverUndici"
  | "addedToNode"
  | "bundle"
  | "bundleBesideRooms"
  | "import"
  | "coldStart"
  | "coldStartBundled"
  | "installed"
  | "emulatorReady";

/**
 * The maximum cost of ours, as a fraction of what the official package costs in the same run. They guard against a
 * regression: microseconds less are nothing to defend. Runs on one machine differ by up to 0.2.
 */
export const budgets: Readonly<Record<Name, number>> = {
  stub: isLater ? 0.6 : 0.65,
  loopback: isLater ? 0.9 : 0.95,
  loopbackOverUndici: isLater ? 0.75 : 0.8,
  /** What a call over loopback costs more than with node:http alone. */
  addedToNode: 1.2,
  bundle: 0.85,
  /** Above 1: the official client needs little beyond what the rooms client has already. */
  bundleBesideRooms: 1.4,
  import: 1.1,
  coldStart: 0.9,
  coldStartBundled: 0.6,
  installed: 0.8,
  /** As a fraction of the time that Node takes to start and exit, which halved in Node 24. */
  emulatorReady: isLater ? 3 : 2,
};
