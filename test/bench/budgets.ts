import { versions } from "node:process";

/** On Node 22 and later npm installs newer core packages, which cost less. */
const isLater = Number.parseInt(versions.node, 10) >= 22;

/** The most that ours may cost, as a share of what the official package costs in the same run. */
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
  /** A share of what Node takes to start and end. */
  emulatorReady: 2,
};
