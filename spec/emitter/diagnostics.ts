import { type Diagnostic, formatDiagnostic } from "@typespec/compiler";

/** Warnings count as errors: nobody reads those of a generator that went through. */
export function refuseDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) {
    throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  }
}
