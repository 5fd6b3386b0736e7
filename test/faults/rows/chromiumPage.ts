// A page in Chromium that makes calls, on a different origin than the servers of the rows.
import type { Page } from "playwright-core";
import { launchChromium } from "../../helpers/browser/chromium.js";
import { accessKey } from "../canaries.js";
import type { Lab } from "../lab.js";
import type { FaultServer } from "../servers/faultServer.js";
import { answer } from "../servers/replies.js";
import { browserScriptOf } from "../subjects.js";

interface PageCall {
  readonly connectionString: string;
  readonly clientOptions: object;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The options of the call, always passed as the last argument. */
  readonly options: object;
  readonly abortAfterMs?: number;
}

/** How a call ended, as plain data. */
interface PageOutcome {
  readonly kind: "value" | "error" | "pending";
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly ms: number;
  /** Everything that a page could print of the error. */
  readonly printed: string;
}

type CallInPage = (server: FaultServer, call: Partial<PageCall>) => Promise<PageOutcome>;

/** Opens a page in a browser and closes it at the end. Does nothing for a subject with a Node transport. */
export async function withPage(lab: Lab, use: (call: CallInPage) => Promise<void>): Promise<void> {
  if (lab.subject.transport) return;
  const home = await lab.server(
    answer({ headers: { "Content-Type": "text/html" }, body: "<!doctype html><title>Faults" }),
  );
  const browser = await launchChromium();
  try {
    const page: Page = await browser.newPage();
    page.on("pageerror", (error) => lab.must(`no error of the page (${error.message.slice(0, 60)})`, false));
    page.on("console", (message) => lab.seen.logs.push(message.text()));
    await page.goto(home.urlAt("localhost"));
    await page.addScriptTag({ content: browserScriptOf(lab.subject.package) });
    await use(async (server, call) => {
      const outcome = await page.evaluate(callInPage, {
        connectionString: `endpoint=${server.url}/;accesskey=${accessKey}`,
        clientOptions: lab.options({}),
        method: "getToken",
        args: [{ communicationUserId: "8:acs:a_b" }, ["chat"]],
        options: {},
        ...call,
      });
      lab.keep("error", outcome.printed);
      lab.note(`${outcome.kind} ${outcome.name} ${outcome.code} ${outcome.message.slice(0, 60)}`.trim());
      return outcome;
    });
  } finally {
    await browser.close();
  }
}

/** Runs in the page, so it can't use anything else in this file. */
async function callInPage(call: PageCall): Promise<PageOutcome> {
  const start = performance.now();
  const outcome = (kind: PageOutcome["kind"], error?: unknown): PageOutcome => {
    const { name = "", message = "", code = "", stack = "" } = Object(error ?? {});
    const ms = Math.round(performance.now() - start);
    const printed = `${message} ${stack} ${JSON.stringify(error)}`.slice(0, 50_000);
    return { kind, name, message: String(message).slice(0, 5_000), code: String(code), ms, printed };
  };
  const controller = new AbortController();
  if (call.abortAfterMs !== undefined) setTimeout(() => controller.abort(), call.abortAfterMs);
  const { CommunicationIdentityClient } = Reflect.get(globalThis, "client");
  const client = new CommunicationIdentityClient(call.connectionString, call.clientOptions);
  const made: Promise<unknown> = client[call.method](...call.args, {
    ...call.options,
    abortSignal: controller.signal,
  });
  return Promise.race([
    made.then(
      () => outcome("value"),
      (error: unknown) => outcome("error", error),
    ),
    new Promise<PageOutcome>((resolve) => setTimeout(() => resolve(outcome("pending")), 30_000)),
  ]);
}
