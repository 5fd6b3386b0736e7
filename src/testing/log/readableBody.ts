import { cutForm, cutJson } from "./cutBody.js";
import type { PublicTokens } from "./cutSecrets.js";

export const longestBodyInBytes = 4096;

/** What is logged of a body. */
export interface ReadableBody {
  /** The body's members, or only its size if it is long or can't be parsed. Absent if it is empty. */
  readonly value?: unknown;
  /** What was parsed, with its blanks and byte order mark. Absent if it is the value in JSON without blanks. */
  readonly text?: string;
}

/** Cuts the secrets out of a body in JSON or a form, and parses the rest for the log. */
export function readableBody(
  body: Uint8Array,
  contentType: string | undefined,
  known: PublicTokens,
): ReadableBody {
  if (body.length === 0) return {};
  if (body.length > longestBodyInBytes) return { value: `<${body.length} bytes>` };
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType ?? "");
  try {
    const received = wholeText.decode(body);
    const text = isForm ? cutForm(received, known) : cutJson(checkedJson(received), known);
    const content = withoutMark(text);
    const value = isForm ? formMembers(new URLSearchParams(content)) : JSON.parse(content);
    return JSON.stringify(value) === text ? { value } : { value, text };
  } catch {
    const what = isForm ? "not a form, although Content-Type says so" : "not JSON";
    return { value: `<${body.length} bytes, ${what}>` };
  }
}

/** @throws SyntaxError */
function checkedJson(text: string): string {
  JSON.parse(withoutMark(text));
  return text;
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

/** Decodes UTF-8, and keeps a byte order mark. */
const wholeText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Returns the values of a form by name. A name that stands more than once has an array.
 *
 * @throws SyntaxError if a name isn't a word, as in JSON that is sent as a form, whose secrets no name would tell.
 */
function formMembers(form: URLSearchParams): object {
  const names = [...new Set(form.keys())];
  if (!names.every((name) => /^[\w.-]*$/.test(name))) throw new SyntaxError("Not a form");
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}
