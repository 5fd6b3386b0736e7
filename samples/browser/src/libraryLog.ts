import { AzureLogger, setLogLevel } from "@azure/logger";
import { element } from "./dom.js";

const MOST_LINES = 200;

/** Shows what the library logs: each request and response, with secrets already redacted by the library. */
export function showLibraryLog(list: HTMLElement): void {
  setLogLevel("info");
  AzureLogger.log = (...parts: unknown[]) => {
    list.prepend(createLine(parts.map(String).join(" ")));
    while (list.children.length > MOST_LINES) list.lastElementChild?.remove();
  };
}

/** Collapses the headers of a line such as `azure:communication-identity:info Request: POST https://… { headers }`. */
function createLine(text: string): HTMLElement {
  const [, level = "info", rest = text] = /^azure:[\w-]+:(\w+) (.*)$/s.exec(text) ?? [];
  const [headline = rest, headers] = rest.split(/ (?=\{)/, 2);
  const line = element("li", { class: level });
  if (headers) line.append(element("details", {}, element("summary", {}, headline), headers));
  else line.append(headline);
  return line;
}
