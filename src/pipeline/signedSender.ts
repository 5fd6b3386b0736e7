import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { createCorrectedClock } from "./clock.js";

/**
 * Signs a request, with the date of now as RFC 1123 text, and sends it.
 *
 * @param sign - Puts date and signature on the request.
 * @param send - Sends it as it then is.
 */
export type SignedSender = (
  sign: (date: string) => Promise<void>,
  send: () => Promise<PipelineResponse>,
) => Promise<PipelineResponse>;

/** Sends once more, signed with the service's time, when the answer says that this machine's time was the fault. */
export function createCorrectingSender(correctsClock = true): SignedSender {
  const clock = createCorrectedClock();
  return async (sign, send) => {
    const signedTime = clock.now();
    await sign(dateText(signedTime));
    const response = await send();
    const takeBack = correctsClock ? clock.correctFrom(response, signedTime) : undefined;
    if (!takeBack) return response;
    await sign(dateText(clock.now()));
    const second = await send();
    if (second.status === 401) takeBack();
    return second;
  };
}

let lastSecond = 0;
let lastText = "";

/** The text of a time in milliseconds. It changes once a second, however many requests are signed. */
function dateText(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== lastSecond) {
    lastText = new Date(time).toUTCString();
    lastSecond = second;
  }
  return lastText;
}
