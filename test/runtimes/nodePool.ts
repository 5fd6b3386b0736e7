import { ForksPoolWorker, type PoolRunnerInitializer } from "vitest/node";

/** Runs tests on a different Node than Vitest, which always forks its workers from `process.execPath`. */
export function nodePool(execPath: string): PoolRunnerInitializer {
  class Worker extends ForksPoolWorker {
    override start(): Promise<void> {
      const own = process.execPath;
      process.execPath = execPath;
      const started = super.start();
      process.execPath = own;
      return started;
    }
  }
  return { name: execPath, createPoolWorker: (options) => new Worker(options) };
}
