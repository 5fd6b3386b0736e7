import { Call } from "./call.js";
import { corsHeaders, preflightResponse } from "./cors.js";
import { HttpError } from "./httpError.js";
import { type Located, locate } from "./locate.js";
import { noRowError } from "./noRow.js";
import type { Guards, Routing, TableResponse } from "./table.js";
import { ConnectionDroppedError, type Header, type WireRequest, type WireResponse } from "./wire.js";

/** What a context must have: its store says when the changes that the program made have ended, so that a request sees them. */
interface Settling {
  readonly fake: { readonly store: { settled(): Promise<void> } };
}

/**
 * Handles every request, whichever adapter received it: finds its row, lets the row or else the table respond, and logs
 * the call.
 * @param givenUp - Aborts when nobody waits for the response anymore.
 * @throws ConnectionDroppedError if a fault asks for it, and ConnectionLostError if the request isn't complete.
 */
export async function dispatch<Context extends Settling>(
  { guards, tables }: Routing<Context>,
  context: Context,
  request: WireRequest,
  givenUp?: AbortSignal,
): Promise<WireResponse> {
  await context.fake.store.settled();
  const located = locate(tables, context, request);
  const { table, match } = located;
  const call = new Call(request, match?.row, match?.pathParameters ?? {}, givenUp);
  const preflight = table.cors ? preflightResponse(request) : undefined;
  if (preflight) {
    await call.discard();
    return preflight;
  }
  try {
    const plain = await respond(guards, context, call, located);
    const response = table.cors ? withHeaders(plain, corsHeaders(request, plain)) : plain;
    await table.log?.(context, call, response);
    return response;
  } catch (error) {
    if (error instanceof ConnectionDroppedError) await table.log?.(context, call);
    throw error;
  }
}

/** Returns the row's response or, if the guard or the row refuses the call, the table's. */
async function respond<Context>(
  guards: Guards<Context>,
  context: Context,
  call: Call,
  located: Located<Context>,
): Promise<TableResponse> {
  try {
    return await handle(guards, context, call, located);
  } catch (error) {
    await call.discard();
    if (error instanceof ConnectionDroppedError) {
      call.remarks.push(error.message);
      throw error;
    }
    const { headers = [] } = error instanceof HttpError ? error.options : {};
    return withHeaders(await located.table.onError(context, call, error), headers);
  }
}

/** Asks the guard, reads the body and runs the row's handler. The guard `service` has read it, because faults depend on it. */
async function handle<Context>(
  guards: Guards<Context>,
  context: Context,
  call: Call,
  { match, rows }: Located<Context>,
): Promise<TableResponse> {
  const row = match?.row;
  if (row?.guard === "service") {
    return row.handle(context, call, await guards.service(context, call, row.route));
  }
  // A stranger mustn't learn from the status 405 that a path exists, but the service tells everybody its methods.
  const guard = (row ?? rows[0])?.guard ?? "none";
  if (guard !== "service") guards[guard](context, call);
  await call.read();
  if (!row) throw noRowError(rows, call);
  return row.handle(context, call);
}

function withHeaders(response: TableResponse, headers: readonly Header[]): TableResponse {
  return { ...response, headers: [...response.headers, ...headers] };
}
