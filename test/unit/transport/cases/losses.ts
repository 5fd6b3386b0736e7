import { expect, it } from "vitest";
import { raw, rawThenEnd, reset, truncate } from "../../../faults/servers/replies.js";
import { startFaultServer } from "../../../helpers/transport/servers.js";
import { okBody, okText } from "../answers.js";
import type { Lab } from "../contract.js";

const lost = { name: "RestError", code: "ECONNRESET" };
const lostInBody = { ...lost, statusCode: 200 };

/** Connections that can't be opened or are lost. The client's retry policy knows these codes. */
export function lossCases({ client, makeRequest, send }: Lab): void {
  it("rejects with ECONNREFUSED and the request if nothing listens on the port", async () => {
    const server = await startFaultServer(okBody);
    const { url } = server;
    await server.close();
    const { request } = makeRequest({ url });
    const error = await client.sendRequest(request).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "RestError", code: "ECONNREFUSED" });
    expect(error).toMatchObject({ request: { url, requestId: request.requestId } });
  });

  it("rejects with ENOTFOUND or EAI_AGAIN for a name that doesn't exist", async () => {
    await expect(send({ url: "http://nobody.invalid/" })).rejects.toMatchObject({
      name: "RestError",
      code: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it("rejects with ECONNRESET when the connection is reset before the headers", async () => {
    const server = await startFaultServer(reset);
    await expect(send({ url: server.url, method: "POST", body: "x" })).rejects.toMatchObject(lost);
  });

  it("rejects with ECONNRESET when the connection ends before the headers", async () => {
    const server = await startFaultServer(({ socket }) => void socket.end());
    await expect(send({ url: server.url, method: "POST", body: "x" })).rejects.toMatchObject(lost);
  });

  it("rejects with ECONNRESET when the connection ends within the headers", async () => {
    const server = await startFaultServer(rawThenEnd("HTTP/1.1 200 OK\r\nContent-Le"));
    await expect(send({ url: server.url })).rejects.toMatchObject(lost);
  });

  it("rejects without a status when nothing follows a 1xx response", async () => {
    const server = await startFaultServer(rawThenEnd("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"));
    await expect(send({ url: server.url })).rejects.toMatchObject({ ...lost, statusCode: undefined });
  });

  it("rejects with the status when the connection is reset within the body", async () => {
    const server = await startFaultServer(truncate(200, okText.repeat(50), 60));
    await expect(send({ url: server.url })).rejects.toMatchObject(lostInBody);
  });

  it("rejects when the connection ends within a body of a known length", async () => {
    const server = await startFaultServer(
      rawThenEnd(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${okText}`),
    );
    await expect(send({ url: server.url })).rejects.toMatchObject(lostInBody);
  });

  it("rejects when the connection ends within a chunked body", async () => {
    const server = await startFaultServer(
      rawThenEnd(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${okText.length.toString(16)}\r\n${okText}\r\n`,
      ),
    );
    await expect(send({ url: server.url })).rejects.toMatchObject(lostInBody);
  });

  it("rejects when a gzip body is cut off", async () => {
    const server = await startFaultServer(
      truncate(200, Buffer.from("1f8b0800000000000003", "hex"), 6, { "Content-Encoding": "gzip" }),
    );
    await expect(send({ url: server.url })).rejects.toMatchObject({ name: "RestError", statusCode: 200 });
  });

  it("keeps the bytes of a response out of its errors", async () => {
    const secret = "eyJhbGciOi-secret";
    const server = await startFaultServer([
      raw(`HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n${secret}`),
      rawThenEnd(`${secret}\r\n\r\n`),
      rawThenEnd(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${secret}`),
    ]);
    for (let index = 0; index < 3; index++) {
      const error = (await send({ url: server.url }).catch((reason: unknown) => reason)) as Error;
      expect(error).toBeInstanceOf(Error);
      const { request: _, response: __, ...shown } = error as Error & Record<string, unknown>;
      expect(JSON.stringify([error.message, error.stack, error.cause, shown])).not.toContain(secret);
    }
  });
}
