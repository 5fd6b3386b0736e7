import { getEventListeners } from "node:events";
import type { TokenCredential } from "@azure/core-auth";
import { accessKey, findSecrets, printsOf, secretNeedles } from "./canaries.js";
import { forgetSeen, printSpan, seen } from "./observer.js";
import { describeOutcome, type Outcome, settle } from "./outcome.js";
import type { Verdict } from "./row.js";
import { FaultServer, type FaultServerOptions, type Reply } from "./servers/faultServer.js";
import { browserBuildOf, type IdentityClient, type Subject } from "./subjects.js";

type Options = Readonly<Record<string, unknown>>;

/** The tools of one row on one subject. Everything that it makes is watched, closed and searched for secrets. */
export class Lab {
  readonly subject: Subject;
  /** Text that must not be let out, with the name of each. Rows add their own. */
  readonly needles: Map<string, string> = secretNeedles();
  readonly seen: typeof seen = seen;
  readonly #servers: FaultServer[] = [];
  readonly #controllers: AbortController[] = [];
  readonly #prints = new Map<string, string>();
  readonly #leaks = new Map<string, Set<string>>();
  readonly #missing: { label: string; must: boolean }[] = [];
  readonly #saw: string[] = [];
  #pending = false;
  #timersBefore = 0;

  constructor(subject: Subject) {
    this.subject = subject;
    this.#timersBefore = refTimers();
    forgetSeen();
  }

  /** A server on loopback; the nth request gets the nth reply, and those after the last get the last. */
  async server(replies: Reply | readonly Reply[], options?: FaultServerOptions): Promise<FaultServer> {
    const list: readonly Reply[] = typeof replies === "function" ? [replies] : replies;
    const server = await FaultServer.start(list, options);
    this.#servers.push(server);
    return server;
  }

  /** A client with the planted access key. It retries fast unless the options say otherwise. */
  client(
    server: FaultServer | string,
    options: Options = {},
    subject: Subject = this.subject,
  ): IdentityClient {
    const endpoint = typeof server === "string" ? server : server.url;
    const connectionString = `endpoint=${endpoint}/;accesskey=${accessKey}`;
    return subject.construct([connectionString, this.options(options, subject)]);
  }

  /** A client with an Entra credential or an access key object. */
  clientWith(
    server: FaultServer | string,
    credential: TokenCredential | object,
    options: Options = {},
  ): IdentityClient {
    const endpoint = typeof server === "string" ? server : server.url;
    return this.subject.construct([endpoint, credential, this.options(options)]);
  }

  options(options: Options, subject: Subject = this.subject): Options {
    return { retryOptions: { retryDelayInMs: 5 }, ...subject.options, ...options };
  }

  /**
   * Judges the browser build on the fetch of this process. It takes no transport of Node, so a subject that is about one
   * has no part in this.
   */
  async inBrowserBuild(judge: (browser: Subject) => Promise<void> | void): Promise<void> {
    if (!this.subject.transport) await judge(browserBuildOf(this.subject.package));
  }

  /** Awaits a call, keeps what it let out, and counts one that does not end in time as a fault. */
  async call(call: () => unknown, boundMs = 5_000): Promise<Outcome> {
    const outcome = await settle(call, boundMs);
    this.note(describeOutcome(outcome));
    if (outcome.kind === "pending") {
      this.#pending = true;
      this.must(`still pending after ${boundMs} ms`, false);
    }
    if (outcome.kind === "error") this.keep("error", outcome.error);
    return outcome;
  }

  /** Constructs a client with any arguments; the error is searched for secrets. */
  async construct(...args: unknown[]): Promise<Outcome> {
    return this.call(() => this.subject.construct(args));
  }

  /** Searches something for secrets that a program may print. */
  keep(name: string, value: unknown): void {
    for (const [part, text] of printsOf(value)) this.#prints.set(`${name}${this.#prints.size}.${part}`, text);
  }

  abortController(): AbortController {
    const controller = new AbortController();
    this.#controllers.push(controller);
    return controller;
  }

  /** The bar holds only if this is so. */
  must(label: string, ok: boolean): void {
    if (!ok) this.#missing.push({ label, must: true });
  }

  /** The bar is half reached without this. */
  should(label: string, ok: boolean): void {
    if (!ok) this.#missing.push({ label, must: false });
  }

  /** What the table shows. */
  note(text: string): void {
    if (this.#saw.length < 6 && !this.#saw.includes(text)) this.#saw.push(text);
  }

  /** Closes everything, then judges what holds for every row. */
  async finish(): Promise<Verdict> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await pause(5);
    this.searchSoFar();
    for (const [secret, places] of this.#leaks) {
      this.must(`LEAK of ${secret} in ${[...places].join(", ")}`, false);
    }
    for (const fault of seen.unhandled) this.must(`unhandled ${describeError(fault)}`, false);
    for (const warning of seen.warnings.filter(isOurWarning)) this.must(warning.slice(0, 60), false);
    const listeners = (): number =>
      this.#controllers.reduce((sum, { signal }) => sum + getEventListeners(signal, "abort").length, 0);
    if (!this.#pending && !(await becomes(() => listeners() === 0))) {
      this.must(`${listeners()} abort listeners left`, false);
    }
    if (!this.#pending && !(await becomes(() => refTimers() <= this.#timersBefore))) {
      this.must(`${refTimers() - this.#timersBefore} timers left`, false);
    }
    const sent = this.#sentOverTransport();
    const received = this.#servers.reduce((sum, { requests }) => sum + requests.length, 0);
    if (!sent) this.must("nothing went over another transport", received === 0);
    const missing = [...new Set(this.#missing.map(({ label }) => label))];
    const saw = [...this.#saw, ...missing.map((label) => `✗ ${label}`)].join(" · ");
    const isWrong = this.#missing.some(({ must }) => must);
    const rating = missing.length > 0 ? (isWrong ? "wrong" : "partly") : sent ? "right" : "apart";
    return { rating, saw, missing };
  }

  /** Searches everything that was let out so far, and forgets it: for rows of thousands of calls. */
  searchSoFar(): void {
    const needles = new Map(this.needles);
    for (const { headers } of this.#servers.flatMap(({ requests }) => requests)) {
      const value = headers.get("authorization");
      if (value) needles.set(value.slice(-44, -2), "Authorization value");
    }
    const search = (where: string, text: string): void => {
      for (const secret of findSecrets(text, needles)) {
        this.#leaks.set(secret, (this.#leaks.get(secret) ?? new Set()).add(where));
      }
    };
    for (const [where, text] of this.#prints) search(where.replace(/\d+/g, ""), text);
    for (const line of seen.logs) search("log", line);
    for (const span of seen.spans) search("span", printSpan(span));
    for (const warning of seen.warnings) search("warning", warning);
    this.#prints.clear();
    seen.logs.length = 0;
    seen.spans.length = 0;
  }

  #sentOverTransport(): boolean {
    const { transport } = this.subject;
    return transport === undefined || transport.sent > 0;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Polls a condition, for half a second at most. */
export async function becomes(condition: () => boolean, boundMs = 500): Promise<boolean> {
  for (let waited = 0; waited < boundMs; waited += 10) {
    if (condition()) return true;
    await pause(10);
  }
  return condition();
}

/** Timers that keep the process alive. */
function refTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function isOurWarning(warning: string): boolean {
  return warning.startsWith("MaxListenersExceeded") || warning.startsWith("TimeoutOverflow");
}

function describeError(error: unknown): string {
  return `${String(error).slice(0, 60)} (ends the process)`;
}
