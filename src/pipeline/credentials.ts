// Core's functions of these names take a credential for one of the other kind if `Object.prototype` is polluted.
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { membersOf } from "../shared/membersOf.js";

export function isTokenCredential(given: unknown): given is TokenCredential {
  return typeof membersOf(given as TokenCredential, "getToken").getToken === "function";
}

export function isKeyCredential(given: unknown): given is KeyCredential {
  return typeof membersOf(given as KeyCredential, "key").key === "string";
}
