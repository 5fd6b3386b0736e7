import type { Row } from "../row.js";
import { answerRows } from "./answers.js";
import { brokenBodyRows } from "./brokenBodies.js";
import { cancellationRows } from "./cancellation.js";
import { chromiumRows } from "./chromium.js";
import { clockSkewRows } from "./clockSkew.js";
import { connectionStringRows } from "./connectionStrings.js";
import { endpointRows } from "./endpoints.js";
import { enduranceRows } from "./endurance.js";
import { entraTokenRows } from "./entraTokens.js";
import { errorRows } from "./errors.js";
import { hostileCallerRows } from "./hostileCallers.js";
import { hostileOptionRows } from "./hostileOptions.js";
import { hostileServerRows } from "./hostileServers.js";
import { logRows } from "./logsAndTraces.js";
import { lostConnectionRows } from "./lostConnections.js";
import { networkFaultRows } from "./networkFaults.js";
import { pathParameterRows } from "./pathParameters.js";
import { proxyRows } from "./proxies.js";
import { redirectRows } from "./redirects.js";
import { retryRows } from "./retry.js";
import { signingRows } from "./signing.js";
import { timeLimitRows } from "./timeLimits.js";

/** In the order of the matrix. */
export const rows: readonly Row[] = [
  ...connectionStringRows,
  ...endpointRows,
  ...pathParameterRows,
  ...signingRows,
  ...clockSkewRows,
  ...entraTokenRows,
  ...retryRows,
  ...lostConnectionRows,
  ...timeLimitRows,
  ...cancellationRows,
  ...brokenBodyRows,
  ...answerRows,
  ...errorRows,
  ...redirectRows,
  ...logRows,
  ...networkFaultRows,
  ...hostileOptionRows,
  ...enduranceRows,
  ...chromiumRows,
  ...proxyRows,
  ...hostileServerRows,
  ...hostileCallerRows,
];

const byId = new Map(rows.map((row) => [row.id, row]));

export function rowNamed(id: string): Row {
  const row = byId.get(id);
  if (!row) throw new Error(`There is no row ${id}.`);
  return row;
}
