/** Globals that a page has in addition to those of the language. */
export const webGlobals = {
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
