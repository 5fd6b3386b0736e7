import type { RestError, RestErrorInfo } from "acs-identity";
import { statusRemedy } from "./doctor/remedies.js";
import { exitCodes } from "./errors.js";

/** What to print about an error, and the exit code. */
export interface Explanation {
  readonly code: number;
  readonly message: string;
  /** For programs, beside the message. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** For people, below the message. */
  readonly notes?: readonly string[];
}

export function explainRestError(error: RestError & RestErrorInfo): Explanation {
  const { statusCode, code, requestId, details, request } = error;
  const diagnosis = details?.emulatorDiagnosis && oneLine(details.emulatorDiagnosis);
  // The diagnosis of the emulator gets a line of its own.
  const reason = oneLine(error.message.replace(` (Emulator: ${details?.emulatorDiagnosis})`, ""));
  const status = statusCode && [statusCode, code].filter(Boolean).join(" ");
  const isUnclear = statusCode === undefined || statusCode === 401;
  const remedy =
    code === "IdentityNotOwned"
      ? "The user was deleted, or was created with another resource"
      : `${statusRemedy(statusCode, request?.url ?? "")}${isUnclear ? ". `npx --no-install acs-identity doctor` finds out why" : ""}`;
  return {
    code: exitCodes.failed,
    message: status ? `${status}: ${reason}` : reason,
    notes: [...(diagnosis ? [`The emulator says: ${diagnosis}`] : []), remedy],
    fields: { statusCode, code, requestId, diagnosis, remedy },
  };
}

/** Joins the lines of a server's text, which must not look like lines of ours. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
