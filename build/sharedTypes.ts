// A rolled-up declaration file holds a copy of all that it names; what another entry exports is imported from there,
// so that a type is one type, and stands in the package once.
import { readFileSync } from "node:fs";
import ts from "typescript";

/**
 * @param path - The declarations of an entry.
 * @param other - Those of the entry that it shares types with.
 * @param specifier - The module that they are imported from.
 * @returns The declarations, without what `other` exports.
 */
export function shareTypes(path: string, other: string, specifier: string): string {
  const shared = new Set([...statementsOf(other)].filter(isExported).map(nameOf));
  const [text, statements] = [readFileSync(path, "utf8"), statementsOf(path)];
  const copies = statements.filter((statement) => isType(statement) && shared.has(nameOf(statement)));
  const kept = copies.reduceRight(
    (rest, copy) => rest.slice(0, copy.getFullStart()) + rest.slice(copy.getEnd()),
    text,
  );
  const list = (names: readonly ts.Statement[]) => names.map(nameOf).join(", ");
  return `import type { ${list(copies)} } from "${specifier}";\n${kept.trim()}\n\nexport type { ${list(copies.filter(isExported))} };\n`;
}

function statementsOf(path: string): readonly ts.Statement[] {
  const text = readFileSync(path, "utf8");
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements;
}

function isType(statement: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

function isExported(statement: ts.Statement): boolean {
  return (
    (ts.getCombinedModifierFlags(statement as ts.Declaration & ts.Statement) & ts.ModifierFlags.Export) !== 0
  );
}

function nameOf(statement: ts.Statement): string | undefined {
  return (statement as Partial<ts.InterfaceDeclaration>).name?.text;
}
