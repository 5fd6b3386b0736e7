import { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "../shared/loopback.js";
import { isLostConnection } from "./lostConnection.js";

/** Names the host that can't be reached: fetch says neither which one it was nor why, so the call may be retried. */
export function explainUnreachableByFetch(error: unknown): { message: string; isFinal: boolean } | undefined {
  const { request, message, code } = (error ?? {}) as Partial<RestError>;
  if (!request || code !== RestError.REQUEST_SEND_ERROR || !isLostConnection(error)) return undefined;
  const url = new URL(request.url);
  const hint = isLoopback(url.hostname) ? ` ${emulatorHint(url)}` : "";
  return { message: `${url.host} can't be reached: ${message}.${hint}`, isFinal: false };
}
