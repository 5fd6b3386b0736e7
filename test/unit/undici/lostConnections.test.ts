import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { text } from "node:stream/consumers";
import { createPipelineRequest, type PipelineRequest } from "@azure/core-rest-pipeline";
import { Agent } from "undici";
import { describe, expect, it } from "vitest";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { raw } from "../../faults/servers/replies.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { serve } from "../../helpers/server.js";
import { eventually, startFaultServer } from "../../helpers/transport/servers.js";
import { okText } from "../transport/answers.js";

const certificates = makeCertificates();
const lost = { name: "RestError", code: "ECONNRESET" };
const lostInBody = { ...lost, statusCode: 200 };
const everyStatus = new Set([Number.POSITIVE_INFINITY]);

/** Sends a request and reads its body, as text by the transport or as a stream. */
async function read(request: PipelineRequest, client = createUndiciHttpClient()): Promise<string> {
  const { bodyAsText, readableStreamBody } = await client.sendRequest(request);
  return readableStreamBody ? text(readableStreamBody) : (bodyAsText ?? "");
}

describe("HTTP/2", () => {
  const client = () =>
    createUndiciHttpClient({ dispatcher: new Agent({ allowH2: true, connect: { ca: certificates.ca } }) });

  async function startHttp2(onStream: (stream: ServerHttp2Stream) => void): Promise<string> {
    const server = createSecureServer({ key: certificates.key, cert: certificates.cert });
    server.on("session", (session) => session.on("error", () => undefined));
    server.on("stream", (stream) => {
      stream.on("error", () => undefined);
      onStream(stream);
    });
    return `https://127.0.0.1:${await serve(server)}`;
  }

  const faults: Record<string, (stream: ServerHttp2Stream) => void> = {
    "a reset": (stream) => stream.close(2),
    "a refused stream": (stream) => stream.close(7),
    "a session that goes away": (stream) => stream.session?.goaway(2),
    "a connection that is destroyed": (stream) => stream.session?.destroy(),
  };
  it.each(Object.entries(faults))("treats %s as a lost connection", async (_, fault) => {
    const url = await startHttp2(fault);
    await expect(read(createPipelineRequest({ url }), client())).rejects.toMatchObject(lost);
  });

  const kinds = [undefined, everyStatus];
  it.each(
    Object.entries(faults).flatMap(([name, fault]) =>
      kinds.map((codes) => ({ name, fault, codes, kind: codes ? "a stream" : "text" })),
    ),
  )("treats $name within $kind as a lost connection", async ({ fault, codes }) => {
    const url = await startHttp2((stream) => {
      stream.respond({ ":status": 200, "content-length": "100" });
      stream.write(okText);
      setTimeout(() => fault(stream), 30);
    });
    const request = createPipelineRequest({ url, ...(codes && { streamResponseStatusCodes: codes }) });
    await expect(read(request, client())).rejects.toMatchObject(lostInBody);
  });
});

describe("a body that is malformed", () => {
  const secret = "eyJhbGciOi-secret";
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const replies = {
    "in the size of a chunk": `${chunked}${secret}\r\n`,
    "after a chunk": `${chunked}5\r\nabcde${secret}\r\n`,
  };
  it.each(
    Object.entries(replies).flatMap(([where, reply]) =>
      [undefined, everyStatus].map((codes) => ({ where, reply, codes, kind: codes ? "a stream" : "text" })),
    ),
  )(
    "$where, read as $kind, rejects as a lost connection without showing any of it",
    async ({ reply, codes }) => {
      const server = await startFaultServer(raw(reply));
      const request = createPipelineRequest({
        url: server.url,
        allowInsecureConnection: true,
        ...(codes && { streamResponseStatusCodes: codes }),
      });
      const error = await rejectionOf(() => read(request));
      expect(error).toMatchObject(lostInBody);
      expectNoSecret(error, secret);
    },
  );

  it("isn't shown in the error of a stream that is read later", async () => {
    const server = await startFaultServer(raw(replies["after a chunk"]));
    const { readableStreamBody } = await createUndiciHttpClient().sendRequest(
      createPipelineRequest({
        url: server.url,
        allowInsecureConnection: true,
        streamResponseStatusCodes: everyStatus,
      }),
    );
    await eventually(() => server.openSockets === 0, "the connection is closed");
    await new Promise((resolve) => setTimeout(resolve, 20));
    // The stream is read only now.
    const error = await rejectionOf(() => text(readableStreamBody as NodeJS.ReadableStream));
    expect(error).toMatchObject(lostInBody);
    expectNoSecret(error, secret);
  });
});
