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
  const [text, otherText] = [path, other].map((file) => readFileSync(file, "utf8")) as [string, string];
  const shared = new Set(statementsOf(otherText).filter(isExported).map(nameOf));
  const copies = statementsOf(text).filter((each) => isType(each) && shared.has(nameOf(each)));
  const own = without(text, copies);
  const unused = statementsOf(own).filter((each) => ts.isImportDeclaration(each) && !isUsed(each, own));
  const names = copies.filter((copy) => new RegExp(`\\b${nameOf(copy)}\\b`).test(own)).map(nameOf);
  const exported = copies.filter(isExported).map(nameOf);
  return `import type { ${names.join(", ")} } from "${specifier}";
export type { ${exported.join(", ")} } from "${specifier}";
${without(own, unused).trim()}
`;
}

function statementsOf(text: string): readonly ts.Statement[] {
  return ts.createSourceFile("types.d.ts", text, ts.ScriptTarget.Latest, true).statements;
}

function without(text: string, statements: readonly ts.Statement[]): string {
  return statements.reduceRight(
    (rest, each) => rest.slice(0, each.getFullStart()) + rest.slice(each.getEnd()),
    text,
  );
}

function isType(statement: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

function isExported(statement: ts.Statement): boolean {
  return (ts.getCombinedModifierFlags(statement as ts.DeclarationStatement) & ts.ModifierFlags.Export) !== 0;
}

/** Whether one of the imported names stands somewhere else too. */
function isUsed(statement: ts.ImportDeclaration, text: string): boolean {
  const { namedBindings } = statement.importClause ?? {};
  const elements = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return elements.some(({ name }) => text.split(new RegExp(`\\b${name.text}\\b`)).length > 2);
}

function nameOf(statement: ts.Statement): string | undefined {
  return (statement as Partial<ts.InterfaceDeclaration>).name?.text;
}
