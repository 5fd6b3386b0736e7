import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { flood, raw, rawThenEnd } from "../../../faults/servers/replies.js";
import { startFaultServer } from "../../../helpers/transport/servers.js";
import { answer, noContent, okBody, okText } from "../answers.js";
import type { Lab } from "../contract.js";

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
const decodesWhatWasAskedFor = "it decodes only what Accept-Encoding asks for, as core's client does";
const megabyte = 1024 * 1024;

/** The status and body of responses. */
export function contentCases({ client, makeRequest, send, except }: Lab): void {
  for (const status of [200, 201, 202, 300, 307, 400, 401, 404, 429, 500, 503]) {
    it(`returns the status ${status} with its body, and follows no redirect`, async () => {
      const server = await startFaultServer(
        answer({ status, headers: { Location: "/other" }, body: okText }),
      );
      const response = await send({ url: server.url });
      expect(response.status).toBe(status);
      expect(response.bodyAsText).toBe(okText);
      expect(server.requests.length).toBe(1);
    });
  }
  it("returns the request with its response", async () => {
    const server = await startFaultServer(okBody);
    const { request } = makeRequest({ url: server.url });
    expect((await client.sendRequest(request)).request).toBe(request);
  });

  it("returns an empty text for a 204, and for a 200 without a body", async () => {
    const server = await startFaultServer([noContent, answer({ body: "" })]);
    expect(await send({ url: server.url })).toMatchObject({ status: 204, bodyAsText: "" });
    expect(await send({ url: server.url })).toMatchObject({ status: 200, bodyAsText: "" });
  });

  it("reads a chunked body whose characters are split between chunks", async () => {
    const text = "ü日本😀".repeat(20);
    const bytes = Buffer.from(text);
    const server = await startFaultServer(({ socket, later }) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (let index = 0; index < bytes.length; index += 7) {
        const chunk = bytes.subarray(index, index + 7);
        later(index / 7, () =>
          socket.write(
            Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
          ),
        );
      }
      later(bytes.length / 7 + 20, () => socket.write("0\r\n\r\n"));
    });
    expect((await send({ url: server.url })).bodyAsText).toBe(text);
  });

  it("reads a body that ends when the connection closes", async () => {
    const server = await startFaultServer(
      rawThenEnd(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${okText}`),
    );
    expect((await send({ url: server.url })).bodyAsText).toBe(okText);
  });

  it("ignores 1xx responses", async () => {
    const server = await startFaultServer(
      raw(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
          `HTTP/1.1 200 OK\r\nContent-Length: ${okText.length}\r\nx-last: 1\r\n\r\n${okText}`,
      ),
    );
    const response = await send({ url: server.url });
    expect(response).toMatchObject({ status: 200, bodyAsText: okText });
    expect(response.headers.has("Link")).toBe(false);
  });

  for (const [encoding, encode] of Object.entries(encoders)) {
    except({ "undici alone": [decodesWhatWasAskedFor, /^expected '/] })(
      `decodes ${encoding} that the request didn't ask for`,
      async () => {
        const headers = { "Content-Encoding": encoding };
        const server = await startFaultServer(answer({ headers, body: encode(okText) }));
        const response = await send({ url: server.url });
        expect(response.status).toBe(200);
        expect(response.bodyAsText).toBe(okText);
      },
    );
  }
  for (const encoding of ["gzip", "deflate"] as const) {
    it(`decodes ${encoding} that the request asked for`, async () => {
      const headers = { "Content-Encoding": encoding };
      const server = await startFaultServer(answer({ headers, body: encoders[encoding](okText) }));
      const response = await send({ url: server.url, headers: { "Accept-Encoding": encoding } });
      expect(response.bodyAsText).toBe(okText);
    });
  }
  it("keeps a byte order mark", async () => {
    const server = await startFaultServer(answer({ body: "\uFEFFa" }));
    expect((await send({ url: server.url })).bodyAsText).toBe("\uFEFFa");
  });

  it("reads a body of a megabyte, and no byte more", async () => {
    const bodies = [megabyte, megabyte + 1].map((length) => answer({ body: "z".repeat(length) }));
    const server = await startFaultServer(bodies);
    expect((await send({ url: server.url })).bodyAsText?.length).toBe(megabyte);
    await expect(send({ url: server.url })).rejects.toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });

  for (const headers of [{}, { "Content-Length": "", Connection: "close" }]) {
    it(`rejects a body of more than a megabyte, and reads no more: ${JSON.stringify(headers)}`, async () => {
      const server = await startFaultServer(flood(64 * megabyte, headers));
      await expect(send({ url: server.url })).rejects.toMatchObject({
        name: "RestError",
        code: "RESPONSE_TOO_LARGE",
        statusCode: 200,
      });
      expect(server.bytesSent).toBeLessThan(64 * megabyte);
    });
  }

  it("rejects a response that isn't HTTP", async () => {
    const server = await startFaultServer(rawThenEnd("SSH-2.0-OpenSSH\r\n"));
    await expect(send({ url: server.url })).rejects.toMatchObject({ name: "RestError" });
  });
}
