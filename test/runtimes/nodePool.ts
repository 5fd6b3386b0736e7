import { ForksPoolWorker, type PoolRunnerInitializer } from "vitest/node";

/** Runs tests on another Node than the one that runs Vitest, which forks its workers without naming a path. */
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
