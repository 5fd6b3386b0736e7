// Bodies that are cut off, corrupt or too large.
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Lab } from "../lab.js";
import { messageOf } from "../outcome.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { tokenBody } from "../servers/identityReplies.js";
import { answer, head, rawThenEnd } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";
import { peakGrowth } from "./memory.js";

const json = { "Content-Type": "application/json" };

/** Expands to 540 MiB, which is longer than V8's longest string, from about half a megabyte. */
function gzipBomb(): Buffer {
  const megabyte = gzipSync(Buffer.alloc(1_048_576, " "));
  return Buffer.concat(Array.from({ length: 540 }, () => megabyte));
}

async function judgeSize(lab: Lab, client: IdentityClient, name: string): Promise<void> {
  const growth = await peakGrowth(async () => {
    const { kind, error } = await lab.call(getToken(client), 8_000);
    lab.must(`${name}: rejected`, kind === "error");
    lab.must(`${name}: message below 1 KB`, messageOf(error).length < 1_024);
  });
  lab.note(`${name}: +${growth} MB`);
  lab.must(`${name}: below +50 MB (${growth})`, growth < 50);
}

testRows([
  {
    id: "T78",
    injection: "540 MB of spaces in a gzip body of half a megabyte, or 64 MB in a brotli body",
    bar: "rejects at a limit, takes less than 50 MB of memory, and keeps the process alive",
    reportLimitMs: 60_000,
    async run(lab) {
      const bomb = gzipBomb();
      const brotli = brotliCompressSync(Buffer.alloc(64 * 1_048_576, " "));
      const servers = [
        await lab.server(answer({ headers: { ...json, "Content-Encoding": "gzip" }, body: bomb })),
        await lab.server(
          answer({ status: 500, headers: { ...json, "Content-Encoding": "gzip" }, body: bomb }),
        ),
        await lab.server(answer({ headers: { ...json, "Content-Encoding": "br" }, body: brotli })),
      ];
      for (const server of servers) await judgeSize(lab, lab.client(server), "Node");
      await lab.inBrowserBuild(async (browser) => {
        for (const server of servers) await judgeSize(lab, lab.client(server, {}, browser), "fetch");
      });
    },
  },
  {
    id: "X9",
    injection:
      "a wrong, negative, repeated, or non-numeric Content-Length, a bad chunk, junk, status 999, or 40 KB of header",
    bar: "rejects in time with a short error that shows no token",
    async run(lab) {
      const body = tokenBody();
      const withLength = (length: string): Reply =>
        rawThenEnd(Buffer.concat([head(200, { ...json, "Content-Length": length }), Buffer.from(body)]));
      const chunked = { ...json, "Transfer-Encoding": "chunked" };
      for (const [name, reply] of [
        ["too short", withLength("20")],
        ["too long", withLength("9999")],
        ["negative", withLength("-5")],
        ["no number", withLength("ten")],
        ["twice", withLength(`${body.length}\r\nContent-Length: 3`)],
        ["bad chunk", rawThenEnd(Buffer.concat([head(200, chunked), Buffer.from(`zz\r\n${body}\r\n`)]))],
        ["no HTTP", rawThenEnd("SSH-2.0-OpenSSH_9.9\r\n")],
        ["40 KB of head", rawThenEnd(head(200, { ...json, "X-Long": "x".repeat(40_960) }))],
        ["end without an answer", rawThenEnd("")],
        ["status 999", answer({ status: 999, headers: json, body })],
      ] as const) {
        const server = await lab.server(reply);
        const { kind, error } = await lab.call(getToken(lab.client(server)), 2_000);
        lab.must(`${name} is an error`, kind === "error");
        const { length } = messageOf(error);
        lab.must(`${name}: message of 1 to 1 000 characters (${length})`, length > 0 && length <= 1_000);
      }
      const closing = rawThenEnd(
        Buffer.concat([head(200, { ...json, Connection: "close" }), Buffer.from(body)]),
      );
      const server = await lab.server(closing);
      const { kind } = await lab.call(getToken(lab.client(server)));
      lab.must("a body that ends with its connection is read", kind === "value");
    },
  },
]);
