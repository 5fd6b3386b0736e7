import { credentialCases } from "./cases/credentials.js";
import { errorCases } from "./cases/errors.js";
import { failureCases } from "./cases/failures.js";
import { fakeCases } from "./cases/fake.js";
import { operationCases } from "./cases/operations.js";
import { signatureCases } from "./cases/signatures.js";
import { createControl } from "./control.js";
import type { Entries, Subject, SuiteCase } from "./subject.js";

/** What a runtime made of one case. */
export interface CaseResult {
  readonly name: string;
  /** Absent when the case passed. */
  readonly problem?: string;
}

export const cases: readonly SuiteCase[] = [
  ...signatureCases,
  ...operationCases,
  ...credentialCases,
  ...errorCases,
  ...failureCases,
  ...fakeCases,
];

/**
 * Runs cases, one after the other, on whatever runtime this is.
 *
 * @param entries - The package as that runtime resolves it.
 * @param connectionString - Of the service under control, see service.ts.
 */
export async function runSuite(
  entries: Entries,
  connectionString: string,
  chosen: readonly SuiteCase[] = cases,
): Promise<CaseResult[]> {
  const { endpoint } = entries.library.parseConnectionString(connectionString);
  const control = createControl(endpoint);
  const subject: Subject = { ...entries, connectionString, endpoint, control };
  const results: CaseResult[] = [];
  for (const { name, run } of chosen) {
    await control.reset();
    results.push({ name, ...(await problemOf(run(subject))) });
  }
  return results;
}

async function problemOf(run: Promise<void>): Promise<Pick<CaseResult, "problem">> {
  try {
    await run;
    return {};
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
