// Bodies that are cut off, corrupt or too large.
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Lab } from "../lab.js";
import { messageOf, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { okToken, tokenBody, user, userId, wireToken } from "../servers/identityReplies.js";
import { answer, answerJson, flood, head, rawThenEnd, truncate } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";
import { peakGrowth } from "./memory.js";

const json = { "Content-Type": "application/json" };

/** Checks that the client recovers from one such reply, and rejects with request and status if all are. */
async function judgeTruncation(lab: Lab, reply: Reply): Promise<void> {
  const once = await lab.server([reply, okToken()]);
  const recovered = await lab.call(getToken(lab.client(once)), 2_000);
  lab.must("recovers", recovered.kind === "value");
  const forEver = await lab.server(reply);
  const { kind, error } = await lab.call(getToken(lab.client(forEver)), 2_000);
  lab.must(`4 attempts (${forEver.requests.length})`, forEver.requests.length === 4);
  lab.must("error with request", kind === "error" && readMember(error, "request") !== undefined);
  lab.must("error with status", readMember(error, "statusCode") === 200);
}

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

/** Checks that a call rejects with a status, and returns the body that the error has. */
async function judgeStatus(lab: Lab, run: () => Promise<unknown>, status: number): Promise<unknown> {
  const { kind, error } = await lab.call(run, 2_000);
  lab.must(`${status} is an error`, kind === "error" && readMember(error, "statusCode") === status);
  return readMember(readMember(error, "response"), "bodyAsText");
}

testRows([
  {
    id: "T75",
    injection: "a body that is cut off by a reset or by the end of the connection",
    bar: "retries, and finally rejects with the request and status",
    async run(lab) {
      const body = tokenBody();
      await judgeTruncation(lab, truncate(200, body, 20));
      const length = { ...json, "Content-Length": String(body.length) };
      await judgeTruncation(
        lab,
        rawThenEnd(Buffer.concat([head(200, length), Buffer.from(body.slice(0, 20))])),
      );
      const chunked = head(200, { ...json, "Transfer-Encoding": "chunked" });
      await judgeTruncation(
        lab,
        rawThenEnd(Buffer.concat([chunked, Buffer.from(`5\r\n${body.slice(0, 5)}\r\n`)])),
      );
    },
  },
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
    id: "T79",
    injection: "a body of 50 MB, with and without a Content-Length",
    bar: "rejects at a limit",
    reportLimitMs: 60_000,
    async run(lab) {
      const megabytes = 50 * 1_048_576;
      const servers = [
        await lab.server(flood(megabytes)),
        await lab.server(flood(megabytes, { "Content-Length": "", Connection: "close" })),
      ];
      for (const server of servers) await judgeSize(lab, lab.client(server), "Node");
      await lab.inBrowserBuild(async (browser) => {
        for (const server of servers) await judgeSize(lab, lab.client(server, {}, browser), "fetch");
      });
      lab.must(
        "not read to its end",
        servers.every(({ bytesSent }) => bytesSent < megabytes),
      );
    },
  },
  {
    id: "T87",
    injection: "a success with 201 in place of 200, or the reverse",
    bar: "rejects with the status, and keeps the body to itself",
    async run(lab) {
      const swapped = await lab.server(answerJson(201, wireToken()));
      const kept = [await judgeStatus(lab, getToken(lab.client(swapped)), 201)];
      const other = await lab.server(answerJson(200, { identity: { id: userId }, accessToken: wireToken() }));
      kept.push(await judgeStatus(lab, () => lab.client(other).createUserAndToken(["chat"]), 200));
      lab.must("no body", kept.join("") === "");
    },
  },
  {
    id: "T88",
    injection: "a page with 200, or 202, 205 or 207, in response to a deletion or a revocation",
    bar: "rejects with the status: only 204 is a success",
    async run(lab) {
      const page = { "Content-Type": "text/html" };
      for (const status of [200, 202, 205, 207]) {
        const server = await lab.server(
          answer({ status, headers: page, body: status === 205 ? "" : "<p>Sign in" }),
        );
        await judgeStatus(lab, () => lab.client(server).deleteUser(user), status);
        await judgeStatus(lab, () => lab.client(server).revokeTokens(user), status);
      }
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
