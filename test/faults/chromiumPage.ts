// A page in Chromium that makes calls, on another origin than the servers of the rows.
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../browser/chromium.js";
import { pageScriptOf } from "./browserBuild.js";
import { accessKey } from "./canaries.js";
import type { PageCall, PageOutcome } from "./inPage.js";
import type { Lab } from "./lab.js";
import type { FaultServer, Reply } from "./servers/faultServer.js";
import { answer, withHeaders } from "./servers/replies.js";

declare global {
  var callInPage: (call: PageCall) => Promise<PageOutcome>;
}

export type CallInPage = (server: FaultServer, call: Partial<PageCall>) => Promise<PageOutcome>;

/** Opens a page for the subject of a row, unless it is one for Node, and closes it with its browser at the end. */
export async function withPage(lab: Lab, use: (call: CallInPage) => Promise<void>): Promise<void> {
  if (lab.subject.transport) return;
  const home = await lab.server(
    answer({ headers: { "Content-Type": "text/html" }, body: "<!doctype html><title>Faults" }),
  );
  const browser: Browser = await launchChromium();
  try {
    const page: Page = await browser.newPage();
    page.on("pageerror", (error) => lab.must(`no error of the page (${error.message.slice(0, 60)})`, false));
    page.on("console", (message) => lab.seen.logs.push(message.text()));
    await page.goto(home.urlAt("localhost"));
    await page.addScriptTag({ content: await pageScriptOf(lab.subject.package) });
    await use(async (server, call) => {
      const outcome = await page.evaluate((each) => globalThis.callInPage(each), {
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

/** Replies that a page of another origin may read; the nth request that is no preflight gets the nth. */
export function crossOrigin(...replies: readonly Reply[]): Reply {
  const preflight = answer({
    status: 204,
    headers: {
      "Content-Length": "",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "*, Authorization",
      "Access-Control-Allow-Methods": "*",
      "Access-Control-Allow-Private-Network": "true",
      "Access-Control-Max-Age": "600",
    },
  });
  let attempt = 0;
  return (exchange) => {
    if (exchange.request.method === "OPTIONS") return preflight(exchange);
    const reply = replies[Math.min(attempt++, replies.length - 1)];
    if (reply) withHeaders(reply, "Access-Control-Allow-Origin: *\r\n")(exchange);
  };
}

/** Requests of a page that are no preflights. */
export function callsOf({ requests }: FaultServer): number {
  return requests.filter(({ method }) => method !== "OPTIONS").length;
}
