import { ConnectionLostError, type WireRequest } from "../wire/wire.js";

/**
 * Turns a request of `fetch` or of a pipeline into one for the tables.
 * @param headers - By lower-case name.
 * @param body - Called when the body is read.
 */
export function wireRequest(
  { url, method }: { readonly url: string; readonly method: string },
  headers: ReadonlyMap<string, string>,
  body: () => Promise<ReadableStream<Uint8Array> | null>,
): WireRequest {
  const { pathname, search, protocol, host } = new URL(url);
  return {
    method,
    target: `${pathname}${search}`,
    scheme: protocol === "http:" ? "http" : "https",
    // Browsers don't let scripts set or read Host.
    host: headers.get("host") ?? host,
    headers,
    read: async (limitInBytes) => {
      try {
        return await readStream(await body(), limitInBytes);
      } catch (cause) {
        throw new ConnectionLostError("The body can't be read", { cause });
      }
    },
  };
}

/** Reads a body to its end or, if it is longer, until the limit is exceeded. */
async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  limitInBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  while (reader && length <= limitInBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  if (length > limitInBytes) await reader?.cancel();
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
