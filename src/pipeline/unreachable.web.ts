import type { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "./loopback.js";
import { isLostConnection, type Unreachable } from "./lostConnection.js";

/** Names the host that can't be reached. Fetch says neither which one it was nor why, so the call may be retried. */
export function explainUnreachable(error: unknown): Unreachable | undefined {
  const { request, message } = (error ?? {}) as Partial<RestError>;
  if (!request || !isLostConnection(error)) return undefined;
  const url = new URL(request.url);
  const hint = isLoopback(url.hostname) ? ` ${emulatorHint(url)}` : "";
  return { message: `${url.host} can't be reached: ${message}.${hint}`, isFinal: false };
}
