import { request } from "node:http";

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
  readonly json: any;
}

/** Sends a request with its Host and target exactly as given, which fetch doesn't allow. */
export function send(
  url: string,
  method: string,
  target: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<HttpReply> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const options = {
      host: hostname.replace(/^\[|\]$/g, ""),
      port,
      method,
      path: target,
      // Node announces no body of GET and DELETE.
      headers: text ? { "content-length": String(Buffer.byteLength(text)), ...headers } : headers,
      agent: false,
    };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const received = Buffer.concat(chunks).toString();
        const isJson = response.headers["content-type"]?.startsWith("application/json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as HttpReply["headers"],
          text: received,
          json: isJson ? JSON.parse(received) : undefined,
        });
      });
    });
    outgoing.on("error", reject).end(text);
  });
}
