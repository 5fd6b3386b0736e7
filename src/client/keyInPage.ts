import { isKeyCredential } from "@azure/core-auth";
import { isLoopback } from "../shared/loopback.js";
import type { ClientArguments } from "./clientArguments.js";

let hasWarned = false;

/** Warns once if a web page has the access key of a resource, because its visitors can read it. */
export function warnOfKeyInPage({ endpoint, credential }: ClientArguments): void {
  // A loopback host is the emulator, whose key isn't secret.
  const isReadable =
    "document" in globalThis && isKeyCredential(credential) && !isLoopback(endpoint.hostname);
  if (!isReadable || hasWarned) return;
  hasWarned = true;
  // Whoever makes this mistake has no logger turned on.
  console.warn("Visitors of this page can read its access key. Get tokens from your own server instead.");
}
