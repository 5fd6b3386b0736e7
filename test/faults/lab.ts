import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { exportOf } from "../load/trust/secrets/prints.js";
import { accessKey, secretNeedles } from "./canaries.js";
import { forgetSeen, seen, timersLeft } from "./observer.js";
import { describeOutcome, type Outcome, readMember, settle } from "./outcome.js";
import type { Verdict } from "./row.js";
import { FaultServer, type FaultServerOptions, type Reply } from "./servers/faultServer.js";
import { browserBuildOf, type IdentityClient, type Subject } from "./subjects.js";

type Options = Readonly<Record<string, unknown>>;
type Target = string | { readonly url: string };

function urlOf(server: Target): string {
  return typeof server === "string" ? server : server.url;
}

/** Our calls settle within this time on the busiest machine, and a row's fault would delay them for longer. */
const settlesWithinMs = 30_000;

/** Helpers for one row on one subject. `finish` closes what they create and searches all output for secrets. */
export class Lab {
  readonly subject: Subject;
  /** Secrets that must not appear in any output, mapped to their names. Rows add their own. */
  readonly needles: Map<string, string> = secretNeedles();
  readonly seen: typeof seen = seen;
  readonly #servers: FaultServer[] = [];
  readonly #controllers: AbortController[] = [];
  readonly #prints: [name: string, text: string][] = [];
  readonly #missing = new Set<string>();
  readonly #saw: string[] = [];
  #pending = false;

  constructor(subject: Subject) {
    this.subject = subject;
    forgetSeen();
  }

  /** Starts a server on loopback. The nth request gets the nth reply; further requests get the last one. */
  async server(replies: Reply | readonly Reply[], options?: FaultServerOptions): Promise<FaultServer> {
    const server = await FaultServer.start([replies].flat(), options);
    this.#servers.push(server);
    return server;
  }

  /** Creates a client with the canary access key. It retries quickly unless the options say otherwise. */
  client(server: Target, options: Options = {}, subject: Subject = this.subject): IdentityClient {
    const connectionString = `endpoint=${urlOf(server)}/;accesskey=${accessKey}`;
    return subject.construct([connectionString, this.options(options, subject)]);
  }

  /** Creates a client with an Entra credential. */
  clientWith(server: Target, credential: object, options: Options = {}): IdentityClient {
    return this.subject.construct([urlOf(server), credential, this.options(options)]);
  }

  options(options: Options, subject: Subject = this.subject): Options {
    return { retryOptions: { retryDelayInMs: 5 }, ...subject.options, ...options };
  }

  /**
   * Runs checks on the browser build, over this process's fetch. Subjects with a Node transport skip them, because the
   * browser build can't use one.
   */
  async inBrowserBuild(judge: (browser: Subject) => Promise<void> | void): Promise<void> {
    if (!this.subject.transport) await judge(browserBuildOf(this.subject.package));
  }

  /**
   * Awaits a call and records its outcome. A call that doesn't settle in time counts as a fault.
   *
   * @param reportMs - How long the report waits for a call of the official client, some of which never settle.
   */
  async call(call: () => unknown, reportMs = 5_000): Promise<Outcome> {
    const boundMs = this.subject.package === "official" ? reportMs : settlesWithinMs;
    const outcome = await settle(call, boundMs);
    this.note(describeOutcome(outcome));
    if (outcome.kind === "pending") {
      this.#pending = true;
      this.must(`settles within ${boundMs} ms`, false);
    }
    if (outcome.kind === "error") this.keep("error", outcome.error);
    return outcome;
  }

  /** Records a value that a program may print, with its causes, to search it for secrets later. */
  keep(name: string, value: unknown): void {
    let part = value;
    for (let depth = 0; depth < 10 && part; depth++, part = readMember(part, "cause")) {
      this.#prints.push([name, exportOf(part)]);
    }
  }

  abortController(): AbortController {
    const controller = new AbortController();
    this.#controllers.push(controller);
    return controller;
  }

  /** Rates the row as `wrong` if `ok` is false. */
  must(label: string, ok: boolean): void {
    if (!ok) this.#missing.add(label);
  }

  /** Adds a remark to the table, up to six per row. */
  note(text: string): void {
    if (this.#saw.length < 6 && !this.#saw.includes(text)) this.#saw.push(text);
  }

  /** Closes everything, then checks what must hold for every row. */
  async finish(): Promise<Verdict> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await pause(5);
    this.#search();
    for (const fault of seen.unhandled) this.must(`unhandled ${String(fault).slice(0, 60)}`, false);
    for (const warning of seen.warnings.filter(isOurWarning)) this.must(warning.slice(0, 60), false);
    const signals = this.#controllers.map(({ signal }) => signal);
    const listeners = (): number => signals.flatMap((signal) => getEventListeners(signal, "abort")).length;
    if (!this.#pending && !(await becomes(() => listeners() === 0))) {
      this.must(`${listeners()} abort listeners left`, false);
    }
    if (!this.#pending && !(await becomes(() => timersLeft() === 0))) {
      this.must(`${timersLeft()} timers left`, false);
    }
    const { transport } = this.subject;
    const sent = transport === undefined || transport.sent > 0;
    const received = this.#servers.reduce((sum, { requests }) => sum + requests.length, 0);
    if (!sent) this.must("no request used another transport", received === 0);
    const missing = [...this.#missing];
    const saw = [...this.#saw, ...missing.map((label) => `✗ ${label}`)].join(" · ");
    const rating = missing.length > 0 ? "wrong" : sent ? "right" : "apart";
    return { rating, saw, missing };
  }

  /** Searches all output for secrets. */
  #search(): void {
    const needles = new Map(this.needles);
    for (const { headers } of this.#servers.flatMap(({ requests }) => requests)) {
      const value = headers.get("authorization");
      if (value) needles.set(value.slice(-44, -2), "Authorization value");
    }
    const search = (where: string, text: string): void => {
      for (const [needle, secret] of needles) {
        if (needle.length >= 8 && text.includes(needle)) this.must(`LEAK of ${secret} in ${where}`, false);
      }
    };
    for (const [where, text] of this.#prints) search(where, text);
    for (const line of seen.logs) search("log", line);
    for (const { given } of seen.spans) search("span", given.map(exportOf).join("\n"));
    for (const warning of seen.warnings) search("warning", warning);
  }
}

/** Polls a condition for up to `boundMs` milliseconds, and returns whether it became true. */
export async function becomes(condition: () => boolean, boundMs = 5_000): Promise<boolean> {
  for (let waited = 0; waited < boundMs; waited += 10) {
    if (condition()) return true;
    // `timersLeft` doesn't count a timer without a ref.
    await pause(10, undefined, { ref: false });
  }
  return condition();
}

function isOurWarning(warning: string): boolean {
  return warning.startsWith("MaxListenersExceeded") || warning.startsWith("TimeoutOverflow");
}
