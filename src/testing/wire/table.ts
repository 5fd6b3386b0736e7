import type { Route } from "../../generated/routes.js";
import type { Admission } from "./admission.js";
import type { Call } from "./call.js";
import type { HttpError } from "./httpError.js";
import type { Guard, RowHead } from "./rowHead.js";
import type { WireResponse } from "./wire.js";

/** A response, with what the log says about it. */
export interface TableResponse extends WireResponse {
  /** The raw id of the user that the response names. */
  readonly userId?: string;
  /** Why the call was refused. */
  readonly refusal?: HttpError;
}

type Result = TableResponse | Promise<TableResponse>;

/** An operation of the service. Its guard finds out who calls it, and in which version. */
export interface OperationRow<Context> extends RowHead {
  readonly guard: "service";
  readonly route: Route;
  /** What it throws becomes a refusal. */
  readonly handle: (context: Context, call: Call, admission: Admission) => Result;
}

/** A row that isn't an operation of the service. */
export interface PlainRow<Context> extends RowHead {
  readonly guard: Exclude<Guard, "service">;
  readonly route?: never;
  /** What it throws becomes a refusal. */
  readonly handle: (context: Context, call: Call) => Result;
}

export type Row<Context> = OperationRow<Context> | PlainRow<Context>;

/** Rows whose refusals have the same form. */
export interface Table<Context> {
  /** The start of every path, such as `/_emulator`. A table with one has every path below it. */
  readonly base: string;
  readonly rows: readonly Row<Context>[];
  /** Whether pages of every origin may use it. */
  readonly cors: boolean;
  /** Returns the path to look for among the rows. @defaultValue the request's own */
  readonly rewritePath?: (context: Context, path: string) => string;
  /** Creates the response to a call that its guard or its row refused, or that no row takes. */
  readonly onError: (context: Context, call: Call, error: unknown) => Result;
  /** Logs a call with its response, or without one if the connection is dropped. @defaultValue it isn't logged */
  readonly log?: (context: Context, call: Call, response?: TableResponse) => Promise<void>;
}

/** The guards by name. A guard throws an error to refuse a call. */
export interface Guards<Context>
  extends Readonly<Record<Exclude<Guard, "service">, (context: Context, call: Call) => void>> {
  readonly service: (context: Context, call: Call, route: Route) => Promise<Admission>;
}

/** What requests are for: the tables of routes, and what admits a call to a row. */
export interface Routing<Context> {
  /** The first one that has a request's path gets it. The last one gets the paths that none has. */
  readonly tables: readonly Table<Context>[];
  readonly guards: Guards<Context>;
}
