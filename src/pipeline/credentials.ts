// Core's functions of these names take a credential for one of the other kind if `Object.prototype` is polluted.
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { hasMember } from "../shared/membersOf.js";

export function isTokenCredential(given: unknown): given is TokenCredential {
  return (
    given != null && hasMember(given, "getToken") && typeof (given as TokenCredential).getToken === "function"
  );
}

export function isKeyCredential(given: unknown): given is KeyCredential {
  return given != null && hasMember(given, "key") && typeof (given as KeyCredential).key === "string";
}
