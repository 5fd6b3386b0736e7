import { readdirSync, readFileSync } from "node:fs";
import { wineTimeLimit } from "../helpers/timeLimit.js";

/** How often to look, in milliseconds. */
const interval = 5_000;
/** How long Wine may do nothing, in milliseconds. A test that hangs by itself has ended before, and says so. */
const longest = wineTimeLimit + 3 * interval;
/** The CPU time within an interval that counts as nothing, in hundredths of a second: a Wine that hangs still wakes up. */
const nothing = 10;

/**
 * Returns a signal that is aborted when the processes of a Wine prefix do nothing for longer than any test may wait. On a busy
 * machine Wine prints nothing for minutes, but it uses CPU time.
 */
export function hangOf(prefix: string): AbortSignal {
  const controller = new AbortController();
  let before = new Map<number, number>();
  let idleFor = 0;
  const timer = setInterval(() => {
    const now = cpuTimes(prefix);
    const used = [...now].reduce((sum, [pid, time]) => sum + time - (before.get(pid) ?? 0), 0);
    before = now;
    idleFor = used > nothing ? 0 : idleFor + interval;
    if (idleFor < longest) return;
    clearInterval(timer);
    controller.abort();
  }, interval).unref();
  return controller.signal;
}

/** Ends the processes of all Wine prefixes in a folder, also those that `wineserver --kill` leaves behind when Wine hangs. */
export function endWine(folder: string): void {
  for (const pid of cpuTimes(folder).keys()) process.kill(pid, "SIGKILL");
}

/** Returns the CPU time of each process whose Wine prefix begins with a path, in hundredths of a second. */
function cpuTimes(prefix: string): Map<number, number> {
  const times = new Map<number, number>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`WINEPREFIX=${prefix}`)) continue;
      // What follows the name, which is in parentheses and may contain anything: see proc_pid_stat(5).
      const [fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").slice(-1);
      const [user = 0, system = 0] = fields.split(" ").slice(11, 13).map(Number);
      times.set(pid, user + system);
    } catch {
      // It has ended, or is another user's.
    }
  }
  return times;
}
