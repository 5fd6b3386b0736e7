import type { PipelineResponse } from "@azure/core-rest-pipeline";

const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The type of the body without its parameters, `""` when the response names none. */
export function contentTypeOf(response: PipelineResponse): string {
  return (response.headers.get("Content-Type") ?? "").split(";", 1).join("").trim();
}

/** The parsed body, or undefined when there is none, when it is labelled as something else, or isn't JSON. */
export function parseJsonBody(response: PipelineResponse): unknown {
  const text = response.bodyAsText;
  const type = response.headers.get("Content-Type");
  if (!text || (type && !jsonType.test(type))) return undefined;
  try {
    // Of a byte order mark too.
    return JSON.parse(text.trim());
  } catch {
    // The parser's own error quotes the start of the body, which may be a token.
    return undefined;
  }
}
