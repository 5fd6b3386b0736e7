import type { Call } from "../../testing/wire/call.js";
import { HttpError } from "../../testing/wire/httpError.js";
import type { PlainRow, Table } from "../../testing/wire/table.js";
import { type Header, textResponse, type WireResponse } from "../../testing/wire/wire.js";
import type { EmulatorContext } from "../admin/emulatorContext.js";
import { errorPage, isForPerson } from "./errorPage.js";

export const pageTable: Table<EmulatorContext> = {
  base: "",
  cors: false,
  rows: [
    row("/", "text/html", ({ page }) => page),
    row("/page.js", "text/javascript", ({ script }) => script),
    row("/help", "text/html", ({ help }) => help),
  ],
  onError,
};

type Pages = Awaited<ReturnType<typeof import("../../../tools/build/emulatorPage.js")["pages"]>>;

function row(
  path: string,
  type: string,
  pick: (pages: Pages) => Pages["page"] | string,
): PlainRow<EmulatorContext> {
  return {
    method: "GET",
    path,
    guard: "own host",
    handle: async () => {
      const file = pick(await (module ?? (await loadPage())).pages());
      const { html, styleHash } = typeof file === "string" ? { html: file } : file;
      const headers: Header[] = [
        ["Cache-Control", "no-store"],
        ["X-Content-Type-Options", "nosniff"],
        ["Referrer-Policy", "no-referrer"],
      ];
      if (styleHash) headers.unshift(["Content-Security-Policy", contentSecurityPolicy(styleHash)]);
      return textResponse(200, `${type}; charset=utf-8`, html, headers);
    },
  };
}

function onError(
  { fake }: EmulatorContext,
  call: Call,
  error: unknown,
): WireResponse | Promise<WireResponse> {
  const refusal = error instanceof HttpError ? error : new HttpError(500, "Failed", String(error));
  return isForPerson(call)
    ? errorPage(fake, call, refusal)
    : textResponse(refusal.status, "text/plain; charset=utf-8", refusal.message);
}

/** Allows only the page's own styles and scripts, and requests only to its own origin. */
function contentSecurityPolicy(styleHash: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src '${styleHash}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

let module: typeof import("../../../tools/build/emulatorPage.js") | undefined;

/**
 * Loads the page when the emulator starts. Node remembers that a module couldn't be loaded, so a short lack of files
 * would otherwise cost the page for good.
 */
export async function loadPage(): Promise<NonNullable<typeof module>> {
  module = await import("../../../tools/build/emulatorPage.js");
  return module;
}
