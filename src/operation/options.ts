import type { OperationOptions, OperationRequestOptions } from "@azure/core-client";
import { argumentError, requireMembers, requireNumber } from "../errors.js";
import { membersOf } from "../shared/membersOf.js";

/** With what clients on `@azure-rest/core-client` have, such as the official one from 2.0.0 on. */
type RequestOptions = OperationRequestOptions & { readonly headers?: Readonly<Record<string, string>> };

/** No object in it has a prototype, which may be polluted. */
export type CallOptions = OperationOptions & { readonly requestOptions: RequestOptions };

/** Reads what the options of all methods have in common. @throws TypeError for what can't be options. */
export function readCallOptions(options: OperationOptions | null | undefined): CallOptions {
  requireMembers(options, "The options", "{ tokenExpiresInMinutes: 60 }");
  const members = membersOf(options, "abortSignal", "requestOptions", "tracingOptions", "onResponse");
  const { aborted, addEventListener, removeEventListener } = Object(members.abortSignal);
  const types = [typeof aborted, typeof addEventListener, typeof removeEventListener].join();
  if (members.abortSignal != null && types !== "boolean,function,function")
    throw argumentError("abortSignal must be an AbortSignal, such as controller.signal.");
  requireMembers(members.requestOptions, "requestOptions", "{ timeout: 5000 }");
  const requestOptions = membersOf(
    members.requestOptions as RequestOptions,
    ...(["customHeaders", "headers", "timeout", "shouldDeserialize"] as const),
    ...(["onUploadProgress", "onDownloadProgress"] as const),
  );
  const { customHeaders, headers, timeout, onUploadProgress, onDownloadProgress } = requestOptions;
  requireNumber(timeout, "requestOptions.timeout");
  for (const [name, bag] of Object.entries({ customHeaders, headers }))
    requireMembers(bag, `requestOptions.${name}`, '{ "x-name": "value" }');
  const functions = { onResponse: members.onResponse, onUploadProgress, onDownloadProgress };
  for (const [name, value] of Object.entries(functions)) {
    if (value != null && typeof value !== "function") throw argumentError(`${name} must be a function.`);
  }
  return Object.assign(members, { requestOptions }) as CallOptions;
}
