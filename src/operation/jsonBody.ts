import type { PipelineResponse } from "@azure/core-rest-pipeline";

const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Returns the content type without its parameters, or `""` if the response has none. */
export function contentTypeOf(response: PipelineResponse): string {
  return (response.headers.get("Content-Type") ?? "").split(";", 1).join("").trim();
}

/** Returns the parsed body, or undefined if it's empty, has another content type or isn't JSON. */
export function parseJsonBody(response: PipelineResponse): unknown {
  const text = response.bodyAsText;
  const type = response.headers.get("Content-Type");
  if (!text || (type && !jsonType.test(type))) return undefined;
  try {
    // `trim` also removes a byte order mark.
    return JSON.parse(text.trim());
  } catch {
    // The parser's error quotes the start of the body, which may be a token.
    return undefined;
  }
}
