import type { OperationOptions } from "@azure/core-client";
import { argumentError } from "../errors.js";
import { membersOf } from "../shared/membersOf.js";

/**
 * Checks and reads what the options of all methods have in common.
 *
 * @throws TypeError for what can't be options, for a misspelled expiry, since its token would be valid for a day, and for
 * `customId`, since a call without it creates another user each time. Other unknown members are ignored.
 */
export function readOptions(options: OperationOptions | null | undefined): OperationOptions {
  if (options != null && (typeof options !== "object" || Array.isArray(options))) {
    throw argumentError("The options must be an object, such as { tokenExpiresInMinutes: 60 }.");
  }
  for (const name of Object.keys(options ?? {})) {
    if (/expir|minute/i.test(name) && name !== "tokenExpiresInMinutes") {
      throw argumentError(`Unknown option ${name}. Did you mean tokenExpiresInMinutes?`);
    }
    if (name === "customId") {
      throw argumentError("customId belongs to a preview that the service withdrew (2025-03-02-preview).");
    }
  }
  const members = membersOf(options, "abortSignal", "requestOptions", "tracingOptions", "onResponse");
  if (members.abortSignal != null && !isAbortSignal(members.abortSignal)) {
    throw argumentError("abortSignal must be an AbortSignal, such as controller.signal.");
  }
  const { requestOptions } = members;
  if (requestOptions == null) return members as OperationOptions;
  const names = [
    "customHeaders",
    "timeout",
    "onUploadProgress",
    "onDownloadProgress",
    "shouldDeserialize",
  ] as const;
  return Object.assign(members, { requestOptions: membersOf(requestOptions, ...names) }) as OperationOptions;
}

function isAbortSignal(value: object): boolean {
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  const types = [typeof aborted, typeof addEventListener, typeof removeEventListener];
  return types.join() === "boolean,function,function";
}
