// Parses HTTP/1.1 requests from bytes, so that tests see what was on the wire, not what a library made of it.

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as received. */
  readonly target: string;
  /** The names are in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

type Head = Omit<ReceivedRequest, "body">;

const endOfHead = "\r\n\r\n";

/** Parses the bytes of one connection into requests. */
export class RequestReader {
  #buffer: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
  }

  /** Returns the next complete request, or undefined while bytes of it are missing. */
  next(): ReceivedRequest | undefined {
    const end = this.#buffer.indexOf(endOfHead);
    if (end < 0) return undefined;
    const head = readHead(this.#buffer.toString("latin1", 0, end));
    const rest = this.#buffer.subarray(end + endOfHead.length);
    const body = head.headers.get("transfer-encoding")?.includes("chunked")
      ? readChunks(rest)
      : readSized(rest, Number(head.headers.get("content-length") ?? 0));
    if (!body) return undefined;
    this.#buffer = rest.subarray(body.taken);
    return { ...head, body: body.bytes };
  }
}

function readHead(text: string): Head {
  const [requestLine = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = requestLine.split(" ");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, target, headers };
}

interface ReadBody {
  readonly bytes: Buffer;
  readonly taken: number;
}

function readSized(rest: Buffer, length: number): ReadBody | undefined {
  return rest.length < length ? undefined : { bytes: rest.subarray(0, length), taken: length };
}

function readChunks(rest: Buffer): ReadBody | undefined {
  const chunks: Buffer[] = [];
  let position = 0;
  while (position < rest.length) {
    const lineEnd = rest.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString("latin1", position, lineEnd), 16);
    const start = lineEnd + 2;
    const next = start + size + 2;
    if (rest.length < next) return undefined;
    if (size === 0) return { bytes: Buffer.concat(chunks), taken: next };
    chunks.push(rest.subarray(start, start + size));
    position = next;
  }
  return undefined;
}
