import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { startFaultServer } from "../../../helpers/transport/servers.js";
import { answer, okBody } from "../answers.js";
import type { Lab } from "../contract.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Methods, URLs and bodies of requests. */
export function requestCases({ send }: Lab): void {
  for (const method of methods) {
    it(`sends ${method} with its path and query unchanged`, async () => {
      const server = await startFaultServer(okBody);
      const target = "/identities/8%3Aacs%3Aa%20b%2Fc/:issueAccessToken?api-version=2023-10-01&a=%20~:()*$;b";
      const response = await send({ url: server.url + target, method });
      expect(response.status).toBe(200);
      expect(server.requests).toMatchObject([{ method, target }]);
    });
  }
  for (const method of ["POST", "PUT", "DELETE"] as const) {
    it(`sends the body of ${method} with its length in bytes`, async () => {
      const server = await startFaultServer(okBody);
      const body = '{"name":"ü日本😀"}';
      await send({ url: server.url, method, body, headers: { "Content-Type": "application/json" } });
      const [request] = server.requests;
      expect(request?.body.toString("utf8")).toBe(body);
      expect(request?.headers.get("content-length")).toBe(String(Buffer.byteLength(body)));
      expect(request?.headers.get("content-type")).toBe("application/json");
      expect(request?.headers.has("transfer-encoding")).toBe(false);
    });
  }
  it("sends no body and no content type for a POST without a body", async () => {
    const server = await startFaultServer(okBody);
    await send({ url: server.url, method: "POST" });
    const [request] = server.requests;
    expect(request?.body.length).toBe(0);
    expect(request?.headers.has("content-type")).toBe(false);
    expect(request?.headers.get("content-length") ?? "0").toBe("0");
  });

  it("sends bytes unchanged", async () => {
    const server = await startFaultServer(okBody);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await send({ url: server.url, method: "POST", body: bytes });
    expect([...(server.requests[0]?.body ?? [])]).toEqual([...bytes]);
  });

  it("sends a stream, and the stream that a function creates", async () => {
    const server = await startFaultServer(okBody);
    await send({
      url: server.url,
      method: "POST",
      body: Readable.from([Buffer.from("ab"), Buffer.from("c")]),
    });
    await send({ url: server.url, method: "POST", body: () => Readable.from([Buffer.from("made")]) });
    expect(server.requests.map(({ body }) => body.toString())).toEqual(["abc", "made"]);
  });

  it("reports upload and download progress", async () => {
    const server = await startFaultServer(answer({ body: "y".repeat(2000) }));
    const up: number[] = [];
    const down: number[] = [];
    await send({
      url: server.url,
      method: "POST",
      body: "x".repeat(1000),
      settings: {
        onUploadProgress: ({ loadedBytes }) => up.push(loadedBytes),
        onDownloadProgress: ({ loadedBytes }) => down.push(loadedBytes),
      },
    });
    expect(up.at(-1)).toBe(1000);
    expect(down.at(-1)).toBe(2000);
  });

  it("refuses plain http without allowInsecureConnection, and sends nothing", async () => {
    const server = await startFaultServer(okBody);
    const settings = { allowInsecureConnection: false };
    await expect(send({ url: server.url, settings })).rejects.toThrow(/allowInsecureConnection/);
    expect(server.connections).toBe(0);
  });
}
