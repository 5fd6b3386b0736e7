import type { OperationOptions } from "@azure/core-client";
import type { ClientContext, OperationContext } from "../operation/operation.js";
import { tracing } from "../pipeline/tracing.js";
import { requireOptions } from "./methodArguments.js";

/** Where the constructor stores the context. It isn't declared on the class, which keeps it out of the public type. */
export const contextKey: unique symbol = Symbol("context");

/**
 * Runs a client method within its tracing span.
 *
 * @param methodName - The name of the method, for spans and messages.
 * @param run - Sends the operation. The options that it receives carry the span.
 */
export function callMethod<Result>(
  client: object,
  methodName: string,
  options: OperationOptions | null | undefined,
  run: (context: OperationContext, options: OperationOptions) => Promise<Result>,
): Promise<Result> {
  return tracing.withSpan(`CommunicationIdentityClient.${methodName}`, requireOptions(options), (traced) =>
    run({ client: (client as { [contextKey]: ClientContext })[contextKey], methodName }, traced),
  );
}
