import { jsonType, textResponse, type WireResponse } from "./wire.js";

/** Responds with JSON that no client may store. */
export function uncachedJson(status: number, content: object): WireResponse {
  return textResponse(status, jsonType, JSON.stringify(content), [
    ["Cache-Control", "no-store, no-cache"],
    ["Pragma", "no-cache"],
  ]);
}
