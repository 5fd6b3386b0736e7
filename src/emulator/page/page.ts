/** A file of the emulator's page. */
export interface PageFile {
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
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

/** The paths of the page, its script and the help. */
export const pagePaths: readonly string[] = ["/", "/page.js", "/help"];

let module: typeof import("#emulatorPage") | undefined;

/**
 * Loads the page when the emulator starts. Node remembers that a module couldn't be loaded, so a short lack of files
 * would otherwise cost the page for good.
 */
export async function loadPage(): Promise<void> {
  module = await import("#emulatorPage");
}

/** Returns the file at a path. Undefined for other paths. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  if (!module || !pagePaths.includes(path)) return undefined;
  const { page, script, help } = await module.pages();
  const headers = [["Referrer-Policy", "no-referrer"]] as const;
  if (path === "/page.js") return { contentType: "text/javascript; charset=utf-8", headers, body: script };
  const { html, styleHash } = path === "/help" ? help : page;
  return {
    contentType: "text/html; charset=utf-8",
    headers: [["Content-Security-Policy", contentSecurityPolicy(styleHash)], ...headers],
    body: html,
  };
}

/** Returns the OpenAPI document of a version of the service, in JSON. Undefined for other versions. */
export async function openApiDocument(version: string): Promise<string | undefined> {
  const documents = (await module?.pages())?.openApi ?? {};
  return Object.hasOwn(documents, version) ? documents[version] : undefined;
}
