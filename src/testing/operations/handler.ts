import type { ApiVersion } from "../../generated/apiVersions.js";
import type { Route } from "../../generated/routes.js";
import type { ServiceCore } from "../serviceCore.js";
import type { Caller } from "../wire/call.js";
import type { JsonObject } from "../wire/requestBody.js";

/** A routed, authenticated and parsed request. */
export interface Call {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
  readonly version: ApiVersion;
  readonly body: JsonObject | undefined;
  readonly caller: Caller;
}

export interface OperationResult {
  readonly status: number;
  readonly body?: object;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Checks the call, changes the state and returns the result. @throws HttpError for an error response. */
export type OperationHandler = (core: ServiceCore, call: Call) => OperationResult | Promise<OperationResult>;
