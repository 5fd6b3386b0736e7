import { readdirSync } from "node:fs";
import ts from "typescript";
import { readText, root } from "./documents.js";

/** The folders of src whose errors reach users of the client and of the refresher. The others explain theirs in full. */
const explainedFolders = /^(?:arguments|client|operation|pipeline|refresher)\b|^[^/\\]+\.ts$/;
const errorConstructors = /^(?:argumentError|abortError|Error|RestError|final|passing)$/;

/** Returns the texts with which those folders create errors. An ellipsis stands for each part that varies. */
export function writtenErrors(): string[] {
  const paths = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" });
  const sources = paths.filter((path) => path.endsWith(".ts") && explainedFolders.test(path));
  return sources.flatMap((path) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
      const [message] = (isCall && errorConstructors.test(node.expression.getText()) && node.arguments) || [];
      if (message) found.push(...textsOf(message));
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, readText(`src/${path}`), ts.ScriptTarget.Latest, true));
    return found;
  });
}

/** Returns the texts that an expression can have, if it is made of literals. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("")];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (!ts.isBinaryExpression(node)) return [];
  return textsOf(node.left).flatMap((left) => textsOf(node.right).map((right) => left + right));
}
