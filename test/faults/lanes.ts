// Runs tasks in worker processes: a row that ends its process, or never ends, is a verdict and not the end of the run.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Row, RowReport, Task, Verdict } from "./row.js";
import { makeCertificates } from "./servers/certificates.js";

const workerFile = fileURLToPath(new URL("./worker.ts", import.meta.url));
const defaultLimitMs = 15_000;

export interface TaskResult extends Task, Verdict {
  readonly ms: number;
  /** As in {@link RowReport}. */
  readonly late: boolean;
}

/** Runs all tasks, `lanes` at a time; then those once more, two at a time, that may have failed for want of time. */
export async function runTasks(
  tasks: readonly Task[],
  rowOf: (id: string) => Row,
  lanes: number,
): Promise<TaskResult[]> {
  const certificates = makeCertificates();
  try {
    const first = await runLanes(tasks, rowOf, lanes, certificates.environment);
    const isLate = ({ id, rating, late }: TaskResult): boolean =>
      rating !== "right" && (late || rowOf(id).timed === true);
    const second = await runLanes(first.filter(isLate), rowOf, 2, certificates.environment);
    return [...first.filter((result) => !isLate(result)), ...second];
  } finally {
    certificates.remove();
  }
}

async function runLanes(
  tasks: readonly Task[],
  rowOf: (id: string) => Row,
  lanes: number,
  environment: NodeJS.ProcessEnv,
): Promise<TaskResult[]> {
  const queue = [...tasks];
  const results: TaskResult[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const lane = new Lane(environment);
      for (let task = queue.shift(); task; task = queue.shift()) {
        const start = performance.now();
        const { rating, saw, late } = await lane.run(task, rowOf(task.id));
        const ms = Math.round(performance.now() - start);
        results.push({ id: task.id, subject: task.subject, rating, saw, late, ms });
      }
      lane.stop();
    }),
  );
  return results;
}

class Lane {
  readonly #environment: NodeJS.ProcessEnv;
  #worker: ChildProcess | undefined;
  #used = false;
  #stderr = "";

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
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
    const worker = fork(workerFile, [], {
      env: { ...process.env, ...this.#environment },
      execArgv: ["--import", "tsx", "--expose-gc"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    worker.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-2_000);
    });
    this.#worker = worker;
    this.#used = false;
    // Not part of a row's time: a busy machine takes seconds to load the clients.
    await new Promise((resolve) => worker.once("message", resolve).once("exit", resolve));
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
