import { credentialCases } from "./cases/credentials.js";
import { emulatorCases } from "./cases/emulator.js";
import { errorCases } from "./cases/errors.js";
import { failureCases } from "./cases/failures.js";
import { fakeCases } from "./cases/fake.js";
import { operationCases } from "./cases/operations.js";
import { signatureCases } from "./cases/signatures.js";
import type { SuiteCase } from "./subject.js";

/** What the package does everywhere. */
export const webCases: readonly SuiteCase[] = [
  ...signatureCases,
  ...operationCases,
  ...credentialCases,
  ...errorCases,
  ...failureCases,
  ...fakeCases,
];

/** What it does on Node, and on the runtimes that have Node's modules. */
export const nodeCases: readonly SuiteCase[] = [...webCases, ...emulatorCases];
