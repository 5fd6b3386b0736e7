import { RestError } from "@azure/core-rest-pipeline";

/** In Chromium, Firefox, Safari, Node and workerd; what else fetch says is a mistake of its caller. */
const words = /failed to fetch|network ?error|load failed|fetch failed|network connection lost/i;

/** Whether a connection of fetch could not be made or was lost. */
export function isLostFetch(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === "ECONNRESET" || (code === RestError.REQUEST_SEND_ERROR && words.test(String(message)));
}
