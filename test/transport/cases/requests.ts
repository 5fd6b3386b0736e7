import { Readable } from "node:stream";
import { expect } from "vitest";
import { answer, okBody } from "../answers.js";
import type { Case } from "../contract.js";
import { startFaultServer } from "../servers.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Methods, URLs and bodies of requests. */
export const requestCases: readonly Case[] = [
  ...(methods.map((method) => ({
    name: `sends ${method} with its path and query unchanged`,
    async run({ send }) {
      const server = await startFaultServer(okBody);
      const target = "/identities/8%3Aacs%3Aa%20b%2Fc/:issueAccessToken?api-version=2023-10-01&a=%20~:()*$;b";
      const response = await send({ url: server.url + target, method });
      expect(response.status).toBe(200);
      expect(server.requests).toMatchObject([{ method, target }]);
    },
  })) satisfies Case[]),
  ...((["POST", "PUT", "DELETE"] as const).map((method) => ({
    name: `sends the body of ${method} with its length in bytes`,
    async run({ send }) {
      const server = await startFaultServer(okBody);
      const body = '{"name":"ü日本😀"}';
      await send({ url: server.url, method, body, headers: { "Content-Type": "application/json" } });
      const [request] = server.requests;
      expect(request?.body.toString("utf8")).toBe(body);
      expect(request?.headers.get("content-length")).toBe(String(Buffer.byteLength(body)));
      expect(request?.headers.get("content-type")).toBe("application/json");
      expect(request?.headers.has("transfer-encoding")).toBe(false);
    },
  })) satisfies Case[]),
  {
    name: "sends no body and no content type for a POST without a body",
    async run({ send }) {
      const server = await startFaultServer(okBody);
      await send({ url: server.url, method: "POST" });
      const [request] = server.requests;
      expect(request?.body.length).toBe(0);
      expect(request?.headers.has("content-type")).toBe(false);
      expect(request?.headers.get("content-length") ?? "0").toBe("0");
    },
  },
  {
    name: "sends bytes unchanged",
    async run({ send }) {
      const server = await startFaultServer(okBody);
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await send({ url: server.url, method: "POST", body: bytes });
      expect([...(server.requests[0]?.body ?? [])]).toEqual([...bytes]);
    },
  },
  {
    name: "sends a stream, and the stream that a function creates",
    async run({ send }) {
      const server = await startFaultServer(okBody);
      await send({
        url: server.url,
        method: "POST",
        body: Readable.from([Buffer.from("ab"), Buffer.from("c")]),
      });
      await send({ url: server.url, method: "POST", body: () => Readable.from([Buffer.from("made")]) });
      expect(server.requests.map(({ body }) => body.toString())).toEqual(["abc", "made"]);
    },
  },
  {
    name: "sends a body of a megabyte",
    async run({ send }) {
      const server = await startFaultServer(okBody);
      await send({ url: server.url, method: "POST", body: "x".repeat(1024 * 1024) });
      expect(server.requests[0]?.body.length).toBe(1024 * 1024);
    },
  },
  {
    name: "reports upload and download progress",
    async run({ send }) {
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
    },
  },
  {
    name: "refuses plain http without allowInsecureConnection, and sends nothing",
    async run({ send }) {
      const server = await startFaultServer(okBody);
      await expect(send({ url: server.url, settings: { allowInsecureConnection: false } })).rejects.toThrow(
        /allowInsecureConnection/,
      );
      expect(server.connections).toBe(0);
    },
  },
];
