// Group G, part 2: responses that are complete but not what the service sends.
import { exportOf } from "../../trust/secrets/prints.js";
import type { Lab } from "../lab.js";
import { messageOf, type Outcome, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { okToken, tokenBody, user, userId, wireToken } from "../servers/identityReplies.js";
import { answer, answerJson } from "../servers/replies.js";
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
    id: "T81",
    injection: "200 with no body, null, [], {}, 5, a string, or true",
    bar: "rejects with an error that says the token is missing",
    async run(lab) {
      for (const body of ["", "null", "[]", "{}", "5", '"x"', "true", '{"token":5}', '{"token":""}', " "]) {
        await refuses(lab, answer({ headers: json, body }), `'${body}'`, /token|object|body/i);
      }
    },
  },
  {
    id: "T82",
    injection: "APPLICATION/JSON, 'application/json ;charset=utf-8', or a byte order mark",
    bar: "parses the body",
    async run(lab) {
      for (const [type, body] of [
        ["APPLICATION/JSON", tokenBody()],
        ["application/json ;charset=utf-8", tokenBody()],
        ["application/json; charset=utf-8", `\ufeff${tokenBody()}`],
      ] as const) {
        const { value } = await tokenFrom(lab, answer({ headers: { "Content-Type": type }, body }));
        lab.must(`'${type}' parsed`, readMember(value, "token") === wireToken().token);
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
    id: "T84",
    injection: "an expiresOn that is absent, empty, junk, null, a number, an object, or in month 13",
    bar: "rejects with an error that names expiresOn",
    async run(lab) {
      for (const expiresOn of [undefined, "soon", null, 1_800_000_000, {}, "", "2026-13-01T00:00:00Z"]) {
        await refuses(
          lab,
          answerJson(200, { ...wireToken(), expiresOn }),
          `expiresOn ${expiresOn}`,
          /expiresOn/,
        );
      }
    },
  },
  {
    id: "T85",
    injection: "a created user whose identity is absent, null, or has no valid id",
    bar: "rejects with an error that names the field and isn't a TypeError",
    async run(lab) {
      for (const body of [
        {},
        { identity: null },
        { identity: {} },
        { identity: { id: 5 } },
        { identity: { id: "" } },
      ]) {
        const server = await lab.server(answerJson(201, body));
        const outcome = await lab.call(() => lab.client(server).createUser());
        judgeError(lab, outcome, JSON.stringify(body), /identity|\bid\b/);
      }
    },
  },
  {
    id: "T86",
    injection: "a created user without its token",
    bar: "rejects with an error that names the user that now exists",
    async run(lab) {
      for (const accessToken of [undefined, null]) {
        const server = await lab.server(answerJson(201, { identity: { id: userId }, accessToken }));
        const { kind, error } = await lab.call(() => lab.client(server).createUserAndToken(["chat"]));
        lab.must("an error", kind === "error");
        lab.must("with the user id", exportOf(readMember(error, "details")).includes(userId));
      }
    },
  },
  {
    id: "T87",
    injection: "201 where 200 is expected, and vice versa",
    bar: "succeeds",
    async run(lab) {
      for (const status of [200, 201, 202]) {
        const token = await tokenFrom(lab, answerJson(status, wireToken()));
        lab.must(`token with ${status}`, readMember(token.value, "token") === wireToken().token);
        const server = await lab.server(answerJson(status, { identity: { id: userId } }));
        const created = await lab.call(() => lab.client(server).createUser());
        lab.must(`user with ${status}`, readMember(created.value, "communicationUserId") === userId);
      }
    },
  },
  {
    id: "T88",
    injection: "200, 202, 204, or 205 for delete and revoke, with and without a body, JSON or not",
    bar: "succeeds",
    async run(lab) {
      for (const status of [200, 202, 204, 205]) {
        const bodies = status === 204 ? [""] : ["", "{}", "not JSON"];
        for (const body of bodies) {
          const server = await lab.server(answer({ status, headers: json, body }));
          const client = lab.client(server);
          const deleted = await lab.call(() => client.deleteUser(user));
          const revoked = await lab.call(() => client.revokeTokens(user));
          lab.must(`${status} '${body}'`, deleted.kind === "value" && revoked.kind === "value");
        }
      }
    },
  },
  {
    id: "T89",
    injection: "results with extra keys, `then`, `__proto__`, and `constructor`",
    bar: "returns only the documented keys and pollutes nothing",
    async run(lab) {
      const body = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"then":"x","extra":1,${tokenBody().slice(1)}`;
      const { value } = await tokenFrom(lab, answer({ headers: json, body }));
      lab.must("a token", readMember(value, "token") === wireToken().token);
      lab.should("documented keys only", Object.keys(Object(value)).sort().join() === "expiresOn,token");
      lab.must(
        "no pollution",
        Reflect.get({}, "polluted") === undefined && readMember(value, "polluted") === undefined,
      );
      const created = await lab.server(
        answer({
          status: 201,
          headers: json,
          body: `{"identity":{"id":"${userId}","then":1},"then":1,"extra":2}`,
        }),
      );
      const user = await lab.call(() => lab.client(created).createUser());
      lab.must("a user", readMember(user.value, "communicationUserId") === userId);
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
