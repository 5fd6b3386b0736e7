import type { OperationOptions } from "@azure/core-client";
import type { ClientContext, OperationContext } from "../operation/operation.js";
import { tracing } from "../pipeline/tracing.js";
import { requireOptions } from "./methodArguments.js";

/**
 * Runs a client method within its tracing span.
 *
 * @param methodName - The name of the method, for spans and messages.
 * @param run - Sends the operation. The options that it receives carry the span.
 */
export function callMethod<Result>(
  client: ClientContext,
  methodName: string,
  options: OperationOptions | null | undefined,
  run: (context: OperationContext, options: OperationOptions) => Promise<Result>,
): Promise<Result> {
  return tracing.withSpan(`CommunicationIdentityClient.${methodName}`, requireOptions(options), (traced) =>
    run({ client, methodName }, traced),
  );
}
