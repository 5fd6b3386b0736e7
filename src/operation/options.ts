import type { OperationOptions, OperationRequestOptions } from "@azure/core-client";
import { argumentError } from "../errors.js";
import type { AbortSignalLike } from "../pipeline/cancellation.js";
import { membersOf } from "../shared/membersOf.js";

/** With what clients on `@azure-rest/core-client` have, such as the official one from 2.0.0 on. */
type RequestOptions = OperationRequestOptions & { readonly headers?: Readonly<Record<string, string>> };

/** No object in it has a prototype, which may be polluted. */
export type CallOptions = OperationOptions & { readonly requestOptions: RequestOptions };

/**
 * Checks and reads what the options of all methods have in common.
 *
 * @throws TypeError for what can't be options. Unknown members are ignored.
 */
export function readCallOptions(options: OperationOptions | null | undefined): CallOptions {
  if (options != null && (typeof options !== "object" || Array.isArray(options))) {
    throw argumentError("The options must be an object, such as { tokenExpiresInMinutes: 60 }.");
  }
  const members = membersOf(options, "abortSignal", "requestOptions", "tracingOptions", "onResponse");
  if (members.abortSignal != null && !isAbortSignal(members.abortSignal)) {
    throw argumentError("abortSignal must be an AbortSignal, such as controller.signal.");
  }
  if (members.onResponse != null && typeof members.onResponse !== "function") {
    throw argumentError("onResponse must be a function.");
  }
  const requestOptions = membersOf(
    members.requestOptions as RequestOptions,
    ...(["customHeaders", "headers", "timeout", "shouldDeserialize"] as const),
    ...(["onUploadProgress", "onDownloadProgress"] as const),
  );
  return Object.assign(members, { requestOptions }) as CallOptions;
}

function isAbortSignal({ aborted, addEventListener, removeEventListener }: AbortSignalLike): boolean {
  const types = [typeof aborted, typeof addEventListener, typeof removeEventListener];
  return types.join() === "boolean,function,function";
}
