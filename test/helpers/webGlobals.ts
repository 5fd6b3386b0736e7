/** Globals that a page has in addition to those of the language. */
export const webGlobals: Readonly<Record<string, unknown>> = {
  AbortController,
  Blob,
  Headers,
  TextEncoder,
  URL,
  atob,
  btoa,
  clearTimeout,
  crypto,
  setTimeout,
};
