// Group H: what errors say.
import { exportOf } from "../../trust/secrets/prints.js";
import { messageOf, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import { answer, answerJson } from "../servers/replies.js";
import { getToken } from "./calls.js";

const once = { retryOptions: { maxRetries: 0 } };

testRows([
  {
    id: "T91",
    injection: "400, 401, 403, 404, 429, 500, and 503 without a body",
    bar: "rejects with a message that has the status, operation, and request id",
    async run(lab) {
      for (const status of [400, 401, 403, 404, 429, 500, 503]) {
        const server = await lab.server(answer({ status }));
        const { error } = await lab.call(getToken(lab.client(server, once)));
        const id = server.requests[0]?.headers.get("x-ms-client-request-id") ?? "no id";
        lab.must(`${status}: status`, messageOf(error).includes(String(status)));
        lab.must(`${status}: operation`, /issueAccessToken|getToken/.test(messageOf(error)));
        lab.must(`${status}: request id`, messageOf(error).includes(id));
      }
    },
  },
  {
    id: "T92",
    injection: "an error code that is only in the x-ms-error-code header",
    bar: "rejects with that `code`",
    async run(lab) {
      const server = await lab.server(answer({ status: 403, headers: { "x-ms-error-code": "Denied" } }));
      const { error } = await lab.call(getToken(lab.client(server, once)));
      lab.must("code", readMember(error, "code") === "Denied");
    },
  },
  {
    id: "T93",
    injection: "500 with 100 KB of HTML",
    bar: "rejects with a message below 1 KB",
    async run(lab) {
      const body = `<html>${"<p>not a message</p>".repeat(5_000)}</html>`;
      const server = await lab.server(
        answer({ status: 500, headers: { "Content-Type": "text/html" }, body }),
      );
      const { error } = await lab.call(getToken(lab.client(server, once)));
      lab.must("message below 1 KB", messageOf(error).length > 0 && messageOf(error).length < 1_024);
    },
  },
  {
    id: "T94",
    injection: "an error whose message is an object, a number, or null, error: null, error: 'x', or no error",
    bar: "rejects with an error whose message is a non-empty string",
    async run(lab) {
      for (const body of [
        { error: { code: "A", message: { en: "text" } } },
        { error: { code: "A", message: 5 } },
        { error: { code: 5, message: null } },
        { error: null },
        { error: "x" },
        { error: ["x"] },
        { message: "x" },
        null,
      ]) {
        const server = await lab.server(answerJson(400, body));
        const { error } = await lab.call(getToken(lab.client(server, once)));
        const message = readMember(error, "message");
        lab.must(`a string for ${JSON.stringify(body)}`, typeof message === "string" && message !== "");
        const code = readMember(error, "code");
        lab.must("a code that is a string", code === undefined || typeof code === "string");
      }
    },
  },
  {
    id: "T95",
    injection: "a full error with target, details, innererror, and request ids",
    bar: "rejects with an error that has them as typed members, including the request id",
    async run(lab) {
      const wire = {
        code: "ValidationError",
        message: "One field is wrong.",
        target: "scopes",
        details: [{ code: "Required", message: "Is required.", target: "scopes" }],
        innererror: { code: "Inner", message: "Deeper." },
      };
      const server = await lab.server(answerJson(400, { error: wire }, { "MS-CV": "abc.0" }));
      const { error } = await lab.call(getToken(lab.client(server, once)));
      lab.must("code", readMember(error, "code") === wire.code);
      lab.must("status", readMember(error, "statusCode") === 400);
      lab.must("message", messageOf(error) === wire.message);
      const details = exportOf(readMember(error, "details"));
      lab.must(
        "details",
        ["Is required.", "scopes", "Deeper."].every((text) => details.includes(text)),
      );
      const id = server.requests[0]?.headers.get("x-ms-client-request-id");
      lab.should("request id", id !== undefined && readMember(error, "requestId") === id);
    },
  },
]);
