import { Call } from "./call.js";
import { corsHeaders, preflightResponse } from "./cors.js";
import { HttpError } from "./httpError.js";
import { locate } from "./locate.js";
import { noRowError } from "./noRow.js";
import type { Guards, Routing, Row, TableResponse } from "./table.js";
import { ConnectionDroppedError, type Header, type WireRequest, type WireResponse } from "./wire.js";

/** What every context has. `settled` resolves when what the program itself changed before is visible. */
interface Settling {
  readonly fake: { readonly store: { settled(): Promise<void> } };
}

/**
 * Handles every request, whichever adapter received it: finds its row, asks the row's guard, reads the body, runs the
 * row's handler, lets the table word a refusal, and logs the call.
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
  const { table, rows, match } = locate(tables, context, request);
  const call = new Call(request, match?.row, match?.parameters ?? {}, givenUp);
  const preflight = table.cors ? preflightResponse(request) : undefined;
  if (preflight) {
    await call.discard();
    return preflight;
  }
  let response: TableResponse;
  try {
    response = await handle(guards, context, call, match?.row, rows);
  } catch (error) {
    await call.discard();
    if (error instanceof ConnectionDroppedError) {
      call.remarks.push(error.message);
      table.log?.(context, call);
      throw error;
    }
    const { headers = [] } = error instanceof HttpError ? error.options : {};
    response = withHeaders(await table.onError(context, call, error), headers);
  }
  if (table.cors) response = withHeaders(response, corsHeaders(request, response));
  table.log?.(context, call, response);
  return response;
}

/** @param rows - Those with the path of the call. */
async function handle<Context>(
  guards: Guards<Context>,
  context: Context,
  call: Call,
  row: Row<Context> | undefined,
  rows: readonly Row<Context>[],
): Promise<TableResponse> {
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
