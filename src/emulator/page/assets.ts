/** What the page is made of, ready to be served. */
export interface PageAssets {
  /** With its style inside. */
  readonly html: string;
  /** One module, the client in it. */
  readonly script: string;
  /** Of the style, as a Content-Security-Policy names it. */
  readonly styleHash: string;
}

let assets: Promise<PageAssets> | undefined;

/**
 * Bundles the page from its sources. It is so only where the emulator runs from its sources: the build puts a
 * module of the same name in the place of this one, with the finished page in it.
 */
export function loadPage(): Promise<PageAssets> {
  assets ??= import("./bundle.js").then(({ bundlePage }) => bundlePage());
  return assets;
}
