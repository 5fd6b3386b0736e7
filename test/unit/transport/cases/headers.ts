import { expect, it } from "vitest";
import { raw } from "../../../faults/servers/replies.js";
import { startFaultServer } from "../../../helpers/transport/servers.js";
import { noContent, okBody } from "../answers.js";
import type { Lab } from "../contract.js";

/** The headers of requests and responses. */
export function headerCases({ client, makeRequest, send }: Lab): void {
  it("sends headers with their values, and Host with the port", async () => {
    const server = await startFaultServer(okBody);
    const headers = { Accept: "application/json", "x-ms-date": "Mon, 13 Mar 2023 09:47:52 GMT", Empty: "" };
    await send({ url: server.url, headers });
    const sent = server.requests[0]?.headers;
    expect(sent?.get("accept")).toBe(headers.Accept);
    expect(sent?.get("x-ms-date")).toBe(headers["x-ms-date"]);
    expect(sent?.get("empty")).toBe("");
    expect(sent?.get("host")).toBe(`127.0.0.1:${server.port}`);
  });

  it("adds no header that changes what the service does", async () => {
    const server = await startFaultServer(okBody);
    await send({ url: server.url, headers: { Accept: "a/b" } });
    const names = [...(server.requests[0]?.headers.keys() ?? [])];
    expect(
      names.filter((name) => !["accept", "accept-encoding", "host", "connection"].includes(name)),
    ).toEqual([]);
  });

  it("finds response headers regardless of case", async () => {
    const server = await startFaultServer(
      raw("HTTP/1.1 200 OK\r\nCONTENT-type: text/plain\r\nx-Ms-Request-ID: 5\r\ncontent-LENGTH: 0\r\n\r\n"),
    );
    const { headers } = await send({ url: server.url });
    expect(headers.get("Content-Type")).toBe("text/plain");
    expect(headers.get("x-ms-request-id")).toBe("5");
    expect(headers.get("X-MS-REQUEST-ID")).toBe("5");
    expect(headers.has("absent")).toBe(false);
  });

  it("joins repeated headers, and keeps the first of those that can't repeat", async () => {
    const lines = [
      "X-A: 1",
      "x-a: 2",
      "Retry-After: 3",
      "Retry-After: 9",
      "Set-Cookie: a=1",
      "Set-Cookie: b=2",
    ];
    const server = await startFaultServer(
      raw(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${lines.join("\r\n")}\r\n\r\n`),
    );
    const { headers } = await send({ url: server.url });
    expect(headers.get("x-a")).toBe("1, 2");
    expect(headers.get("retry-after")).toBe("3");
    expect(headers.get("set-cookie")).toBe("a=1");
  });

  it("rejects a header value with a line break, and sends nothing", async () => {
    const server = await startFaultServer(noContent);
    const { request } = makeRequest({ url: server.url });
    // core's headers remove line breaks, so only a custom collection can contain one.
    Object.assign(request.headers, {
      toJSON: () => ({ "x-a": "1\r\nx-b: 2" }),
      [Symbol.iterator]: () => [["x-a", "1\r\nx-b: 2"]][Symbol.iterator](),
    });
    await expect(client.sendRequest(request)).rejects.toThrow();
    expect(server.requests).toEqual([]);
  });
}
