import { escapeHtml, htmlResponse } from "../../testing/html/htmlPage.js";
import type { Fake, FakeContext } from "../../testing/service/fake.js";
import type { Call } from "../../testing/wire/call.js";
import type { HttpError } from "../../testing/wire/httpError.js";
import type { Table } from "../../testing/wire/table.js";
import type { WireResponse } from "../../testing/wire/wire.js";
import type { EmulatorContext } from "../admin/emulatorContext.js";

/** Longer paths are cut off. */
const longestPath = 200;

/** Returns whether a person sees the response: a browser asks for HTML where it shows a page, and programs don't. */
export function isForPerson({ request: { method, headers } }: Call): boolean {
  return ["GET", "HEAD"].includes(method) && (headers.get("accept") ?? "").includes("text/html");
}

/** Returns a page that says why there is nothing else at this address, and leads to the emulator's own page. */
export function errorPage(
  { endpoint }: Fake,
  { request }: Call,
  { status, message, options, topic }: Pick<HttpError, "status" | "message" | "options" | "topic">,
): Promise<WireResponse> {
  const [path = ""] = request.target.split("?");
  const title = status === 404 ? "There is no page here" : "This page can't be shown";
  const reason = options.diagnosis ?? message;
  const [home, help] = [endpoint, `${endpoint}help#${topic}`].map(escapeHtml);
  return htmlResponse(status, endpoint, {
    title,
    main: `<h1>${title}</h1><p><code>${escapeHtml(path.slice(0, longestPath))}</code></p><div class="problem"><p>${escapeHtml(reason)}.</p></div>`,
    footer: `<p>Go on at <a href="${home}">the emulator's page</a>. Its <a href="${help}">help</a> explains this status, ${status}.</p>`,
  });
}

/** Makes the table that gets unknown paths show a page to a person who opens one. Programs get the service's error. */
export function withNotFoundPage(table: Table<FakeContext>): Table<EmulatorContext> {
  return {
    ...table,
    onError: async (context, call, error) => {
      const response = await table.onError(context, call, error);
      const { status, refusal } = response;
      if (status !== 404 || !refusal || call.row || !isForPerson(call)) return response;
      return { ...(await errorPage(context.fake, call, refusal)), refusal };
    },
  };
}
