import { versions } from "node:process";

/** On Node 22 and later npm installs newer core packages, which cost less. */
const isLater = Number.parseInt(versions.node, 10) >= 22;

/** The maximum cost of ours, as a fraction of what the official package costs in the same run. */
export const budgets: Readonly<
  Record<
    "stub" | "loopback" | "loopbackOverUndici" | "bundle" | "import" | "installed" | "emulatorReady",
    number
  >
> = {
  stub: isLater ? 0.4 : 0.5,
  loopback: isLater ? 0.6 : 0.75,
  loopbackOverUndici: isLater ? 0.33 : 0.42,
  bundle: 0.75,
  import: 1.05,
  installed: 0.75,
  /** As a fraction of the time that Node takes to start and exit. */
  emulatorReady: 2,
};
