// Helpers that write TypeScript text in the project's format.
const lineWidth = 110;

export const quote = (text: string): string => JSON.stringify(text);

/** Writes a member name for an object literal. */
export const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name));

/** Writes `object.name` or `object["na-me"]`. */
export const member = (object: string, name: string): string =>
  key(name) === name ? `${object}.${name}` : `${object}[${quote(name)}]`;

export const camelCase = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const fits = (line: string): boolean => line.length <= lineWidth;

/** Writes `open item, item close` on one line if it fits after `indent` spaces, otherwise one item per line. */
export function list(open: string, items: readonly string[], close: string, indent = 0): string {
  const pad = /[{]$/.test(open) && items.length > 0 ? " " : "";
  const line = `${open}${pad}${items.join(", ")}${pad}${close}`;
  if (!line.includes("\n") && fits(" ".repeat(indent) + line)) return line;
  const margin = " ".repeat(indent);
  return `${open}\n${items.map((item) => `${margin}  ${item},\n`).join("")}${margin}${close}`;
}

export function docComment(doc: string | undefined, indent = ""): string {
  if (!doc) return "";
  const lines = doc.replaceAll("*/", "*\\/").split(/\r?\n/);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
