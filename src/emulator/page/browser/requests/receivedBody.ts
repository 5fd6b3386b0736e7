import type { ListedRequest } from "../../../admin/models.js";

/** Returns the body as it was received, unless only its size is known. */
export function receivedText({ body, bodyText }: ListedRequest): string | undefined {
  if (bodyText !== undefined || body === undefined) return bodyText;
  return typeof body === "string" && /^<\d+ bytes/.test(body) ? undefined : JSON.stringify(body);
}

const marks: Readonly<Record<string, string>> = {
  "\ufeff": "<byte order mark>",
  " ": "·",
  "\t": "→",
  "\r": "\\r",
  "\n": "\\n\n",
};

/** Splits a text into parts, in which blanks and byte order marks have marks that can be seen. */
export function marked(text: string): readonly { readonly text: string; readonly isMark: boolean }[] {
  return text
    .split(/([\ufeff \t\r\n])/)
    .filter((part) => part !== "")
    .map((part) => ({ text: marks[part] ?? part, isMark: part in marks }));
}
