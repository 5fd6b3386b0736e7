import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** How long what a worker started may take to end after it, in milliseconds. */
const graceInMs = 10_000;

/**
 * At its end, names and kills each process that a test left behind, and fails the run. Finds them on Linux by a variable that
 * they inherit, so not one that a test started with none of this process's environment.
 */
export function watchProcesses(): void {
  if (process.platform !== "linux") return;
  const mark = `TEST_RUN=${randomUUID()}`;
  [, process.env.TEST_RUN] = mark.split("=");
  process.once("exit", () => {
    const latest = Date.now() + graceInMs;
    let left = processesWith(mark);
    while (left.length > 0 && Date.now() < latest) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      left = processesWith(mark);
    }
    for (const { pid, command } of left) {
      console.error(`FAILED A test left a process behind: ${command}`);
      process.kill(pid, "SIGKILL");
      process.exitCode = 1;
    }
  });
}

interface LeftProcess {
  readonly pid: number;
  readonly command: string;
}

/** Returns the processes with a variable, but for this one and its own. One that has ended has no environment. */
function processesWith(mark: string): LeftProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!pid || pid === process.pid) return [];
    try {
      const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "latin1");
      if (!read("environ").split("\0").includes(mark) || read("status").includes(`\nPPid:\t${process.pid}\n`))
        return [];
      return [{ pid, command: read("cmdline").replaceAll("\0", " ").slice(0, 300) }];
    } catch {
      // It has ended, or is somebody else's.
      return [];
    }
  });
}
