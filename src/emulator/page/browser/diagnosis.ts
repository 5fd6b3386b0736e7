import { type Child, element } from "./dom.js";

const quoted = /"(?:[^"\\]|\\.)*"/g;

/**
 * A diagnosis with the texts that it quotes, such as a string to sign, laid out line by line.
 * @param message - What the service itself said.
 * @param help - Where to read on.
 */
export function diagnosisView(diagnosis: string, message?: string, help?: string): HTMLElement {
  const parts: Child[] = [message === undefined ? undefined : element("p", { class: "muted" }, message)];
  let end = 0;
  for (const match of diagnosis.matchAll(quoted)) {
    const lines = unquote(match[0]);
    if (!lines?.includes("\n")) continue;
    parts.push(prose(diagnosis.slice(end, match.index)), linesView(lines));
    end = match.index + match[0].length;
  }
  parts.push(prose(diagnosis.slice(end)));
  if (help !== undefined) parts.push(element("p", { class: "muted help" }, help));
  return element("div", { class: "diagnosis" }, ...parts);
}

/** Each line is an element of its own, so that one that goes on below looks like it. It breaks after a semicolon. */
function linesView(text: string): HTMLElement {
  const lines = text.split("\n").map((line) => {
    const pieces = line.split(/(?<=;)/).map((piece) => element("span", {}, piece));
    return element("div", {}, ...pieces, "\n");
  });
  return element("pre", {}, ...lines);
}

function prose(text: string): Child {
  const trimmed = text.replace(/^[;\s]+/, "").trim();
  return trimmed === "" ? undefined : element("p", {}, trimmed);
}

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
