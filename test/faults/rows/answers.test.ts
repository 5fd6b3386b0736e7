import type { Lab } from "../lab.js";
import { messageOf, type Outcome, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { okToken, tokenBody } from "../servers/identityReplies.js";
import { answer } from "../servers/replies.js";
import { getToken } from "./calls.js";

const json = { "Content-Type": "application/json" };
const marker = "CANARYBODY";

async function tokenFrom(lab: Lab, reply: Reply): Promise<Outcome> {
  return lab.call(getToken(lab.client(await lab.server(reply))));
}

/** Checks that a reply leads to an error with a short message that matches. */
async function refuses(lab: Lab, reply: Reply, label: string, message: RegExp): Promise<void> {
  judgeError(lab, await tokenFrom(lab, reply), label, message);
}

function judgeError(lab: Lab, { kind, error }: Outcome, label: string, message: RegExp): void {
  lab.must(`${label} is an error`, kind === "error");
  if (kind !== "error") return;
  lab.must(`${label}: message ${message}`, message.test(messageOf(error)));
  lab.must(`${label}: message below 1 KB`, messageOf(error).length < 1_024);
  lab.must(`${label}: no TypeError`, readMember(error, "name") !== "TypeError");
}

testRows([
  {
    id: "T80",
    injection: "200 with the HTML of a captive portal, as text/html, application/problem+xml, or text/plain",
    bar: "rejects with the status, type, and request id, but not a byte of the body",
    async run(lab) {
      lab.needles.set(marker, "body");
      const html = `<!doctype html><title>${marker} Sign in to the network</title>`;
      for (const type of ["text/html", "application/problem+xml", "text/plain"]) {
        const server = await lab.server(answer({ headers: { "Content-Type": type }, body: html }));
        const outcome = await lab.call(getToken(lab.client(server)));
        judgeError(lab, outcome, type, new RegExp(`200.*${type.replace("+", "\\+")}`));
        const id = server.requests[0]?.headers.get("x-ms-client-request-id") ?? "";
        lab.must("request id", messageOf(outcome.error).includes(id));
      }
    },
  },
  {
    id: "T83",
    injection: "JSON that is cut off, or has text before or after it",
    bar: "rejects without showing a byte of the body",
    async run(lab) {
      lab.needles.set(marker, "body");
      const body = tokenBody();
      for (const text of [body.slice(0, 60), `${marker}${body}`, `${body}${marker}`, body.slice(0, -1)]) {
        await refuses(lab, answer({ headers: json, body: text }), "cut JSON", /./);
      }
    },
  },
  {
    id: "T90",
    injection: "an error that is nested 20 000 levels deep or has 20 000 details",
    bar: "rejects with a short error that can be printed and serialized",
    async run(lab) {
      const deep = `{"error":{"code":"Deep","message":"m","innererror":${'{"code":"c","innererror":'.repeat(20_000)}{}${"}".repeat(20_000)}}}`;
      const wide = JSON.stringify({
        error: { code: "Wide", message: "m", details: Array(20_000).fill({ code: "c" }) },
      });
      for (const body of [deep, wide]) {
        const server = await lab.server(answer({ status: 400, headers: json, body }));
        const { kind, error } = await lab.call(getToken(lab.client(server)));
        lab.must("an error", kind === "error");
        lab.must("message below 1 KB", messageOf(error).length < 1_024);
        lab.must("says 400", readMember(error, "statusCode") === 400);
        lab.must("serializes", serializes(error));
      }
    },
  },
  {
    id: "X10",
    injection: "502, 503, 407, and 403 with the HTML of a proxy, once or on every attempt",
    bar: "retries 502 and 503, and rejects with a short error that has the status and type but no HTML",
    async run(lab) {
      lab.needles.set(marker, "body");
      const body = `<html><body><h1>${marker}</h1>${"<p>proxy</p>".repeat(2_000)}</body></html>`;
      for (const status of [502, 503, 407, 403]) {
        const html = answer({ status, headers: { "Content-Type": "text/html" }, body });
        const once = await lab.server([html, okToken()]);
        const { kind } = await lab.call(getToken(lab.client(once)));
        lab.must(`${status} retried only after a 5xx`, (kind === "value") === status > 500);
        const { error } = await tokenFrom(lab, html);
        lab.must(`${status}: status and type`, new RegExp(`${status}.*text/html`).test(messageOf(error)));
        lab.must(`${status}: message below 1 KB`, messageOf(error).length < 1_024);
      }
    },
  },
]);

function serializes(error: unknown): boolean {
  try {
    return JSON.stringify(error) !== undefined;
  } catch {
    return false;
  }
}
