import { ForksPoolWorker, type PoolOptions, type PoolRunnerInitializer } from "vitest/node";

/** Runs Vitest's workers on another Node than the one that runs Vitest. */
export function nodePool(binary: string): PoolRunnerInitializer {
  class Worker extends ForksPoolWorker {
    override start(): Promise<void> {
      const { execPath } = process;
      // Read at once by child_process.fork, which Vitest gives no other path.
      process.execPath = binary;
      try {
        return super.start();
      } finally {
        process.execPath = execPath;
      }
    }
  }
  return { name: binary, createPoolWorker: (options: PoolOptions) => new Worker(options) };
}
