import { type Diagnostic, formatDiagnostic } from "@typespec/compiler";

/** Throws for warnings, too, since nobody reads the warnings of a generator that succeeded. */
export function refuseDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) {
    throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  }
}
