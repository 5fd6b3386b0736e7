// Runs tasks in worker processes: a row that ends its process, or never ends, is a verdict and not the end of the run.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Platform, Versions } from "./platform.js";
import type { Row, RowReport, Task, Verdict } from "./row.js";
import { makeCertificates } from "./servers/certificates.js";

const workerFile = fileURLToPath(new URL("./worker.ts", import.meta.url));
const defaultLimitMs = 15_000;

export interface TaskResult extends Task, Verdict {
  readonly ms: number;
  /** As in {@link RowReport}. */
  readonly late: boolean;
}

export interface Run {
  /** Undefined when no worker got as far as to say. */
  readonly versions: Versions | undefined;
  readonly results: readonly TaskResult[];
}

/** Runs all tasks, `lanes` at a time; then those once more, two at a time, that may have failed for want of time. */
export async function runTasks(
  tasks: readonly Task[],
  rowOf: (id: string) => Row,
  lanes: number,
  platform: Platform,
): Promise<Run> {
  const certificates = makeCertificates();
  const environment = { ...platform.environment, ...certificates.environment };
  const settings = { ...platform, environment };
  try {
    const { versions, results: first } = await runLanes(tasks, rowOf, lanes, settings);
    const isLate = ({ id, rating, late }: TaskResult): boolean =>
      (rating === "wrong" || rating === "partly") && (late || rowOf(id).timed === true);
    const second = await runLanes(first.filter(isLate), rowOf, 2, settings);
    return { versions, results: [...first.filter((result) => !isLate(result)), ...second.results] };
  } finally {
    certificates.remove();
  }
}

async function runLanes(
  tasks: readonly Task[],
  rowOf: (id: string) => Row,
  lanes: number,
  platform: Platform,
): Promise<Run> {
  const queue = [...tasks];
  const results: TaskResult[] = [];
  let versions: Versions | undefined;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const lane = new Lane(platform);
      for (let task = queue.shift(); task; task = queue.shift()) {
        const start = performance.now();
        const { rating, saw, late } = await lane.run(task, rowOf(task.id));
        const ms = Math.round(performance.now() - start);
        versions ??= lane.versions;
        results.push({ id: task.id, subject: task.subject, rating, saw, late, ms });
      }
      lane.stop();
    }),
  );
  return { versions, results };
}

class Lane {
  versions: Versions | undefined;
  readonly #platform: Platform;
  #worker: ChildProcess | undefined;
  #used = false;
  #stderr = "";

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async run(task: Task, row: Row): Promise<RowReport> {
    if (row.fresh && this.#used) this.stop();
    const report = await this.#ask(await this.#start(), task, row.limitMs ?? defaultLimitMs);
    this.#used = true;
    if (row.fresh || report.spoilt) this.stop();
    return report;
  }

  stop(): void {
    this.#worker?.kill("SIGKILL");
    this.#worker = undefined;
  }

  async #start(): Promise<ChildProcess> {
    if (this.#worker) return this.#worker;
    this.#stderr = "";
    const { execPath, execArgv, environment } = this.#platform;
    const worker = fork(workerFile, [], {
      execPath,
      execArgv: [...execArgv],
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    worker.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-2_000);
    });
    this.#worker = worker;
    this.#used = false;
    // Not part of a row's time: a busy machine takes seconds to load the clients.
    const ready = new Promise<unknown>((resolve) => worker.once("message", resolve).once("exit", resolve));
    const said = await ready;
    if (typeof said === "object") this.versions = said as Versions;
    return worker;
  }

  #ask(worker: ChildProcess, task: Task, limitMs: number): Promise<RowReport> {
    return new Promise((resolve) => {
      const done = (report: RowReport): void => {
        clearTimeout(timer);
        worker.removeAllListeners("message").removeAllListeners("exit");
        resolve(report);
      };
      const failed = (saw: string, late: boolean): void => done({ rating: "wrong", saw, late, spoilt: true });
      const timer = setTimeout(() => failed(`✗ no end after ${limitMs} ms`, true), limitMs);
      worker.on("message", (report: RowReport) => done(report));
      worker.on("exit", (code, signal) => {
        const lastWords = /\w*Error[^\n]*/.exec(this.#stderr)?.[0] ?? "";
        failed(`✗ the process exited with ${code ?? signal} ${lastWords}`.trim(), false);
      });
      worker.send(task);
    });
  }
}
