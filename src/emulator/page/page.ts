/** A file of the emulator's page. */
export interface PageFile {
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Whose styles and scripts may run, and where the page may send requests: its own alone, and nowhere else. */
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

/** The file of the page at this path, or undefined when there is none. Loaded when it is first asked for. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  if (path !== "/" && path !== "/page.js") return undefined;
  const { html, script, styleHash } = (await import("#emulatorPage")).page;
  const headers = [["Referrer-Policy", "no-referrer"]] as const;
  if (path === "/page.js") return { contentType: "text/javascript; charset=utf-8", headers, body: script };
  return {
    contentType: "text/html; charset=utf-8",
    headers: [["Content-Security-Policy", contentSecurityPolicy(styleHash)], ...headers],
    body: html,
  };
}
