// Group I, part 2: what is logged, traced and printed.
import { inspect } from "node:util";
import { accessKey, tokens } from "../canaries.js";
import type { Lab } from "../lab.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { EntraCredential, issue } from "../servers/entra.js";
import {
  failure,
  okEmpty,
  okToken,
  okUser,
  okUserAndToken,
  user,
  userId,
} from "../servers/identityReplies.js";
import { answer, withHeaders } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";

const once = { retryOptions: { maxRetries: 0 } };

async function everyOperation(lab: Lab, client: IdentityClient): Promise<void> {
  await lab.call(() => client.createUser());
  await lab.call(() => client.createUserAndToken(["chat"]));
  await lab.call(() => client.getToken(user, ["chat"]));
  await lab.call(() =>
    client.getTokenForTeamsUser({ teamsUserAadToken: tokens.teams, clientId: "app", userObjectId: "user" }),
  );
  await lab.call(() => client.revokeTokens(user));
  await lab.call(() => client.deleteUser(user));
}

function logLines(lab: Lab, level: string): string[] {
  return lab.seen.logs.filter((line) => line.split(" ", 1)[0]?.endsWith(`:${level}`));
}

testRows([
  {
    id: "T99",
    injection: "every operation with all log levels on, and responses with cookies and unknown headers",
    bar: "logs no secret, no header that isn't known to be harmless, and no user id",
    async run(lab) {
      lab.needles.set("CANARYCOOKIE", "Set-Cookie").set("CANARYHEADER", "unknown header");
      const extra = "Set-Cookie: session=CANARYCOOKIE\r\nX-Internal: CANARYHEADER\r\n";
      const replies = [okUser(), okUserAndToken(), okToken(), okToken(), okEmpty, okEmpty];
      await everyOperation(
        lab,
        lab.client(await lab.server(replies.map((reply) => withHeaders(reply, extra)))),
      );
      await everyOperation(lab, lab.client(await lab.server(withHeaders(failure(400), extra)), once));
      const tls = { tls: serverIdentity("trusted") };
      await everyOperation(lab, lab.clientWith(await lab.server(replies, tls), new EntraCredential(issue())));
      lab.must("something logged", lab.seen.logs.length > 0);
      const ids = [userId, encodeURIComponent(userId), userId.slice(-36)];
      lab.should("no user id in logs", !lab.seen.logs.some((line) => ids.some((id) => line.includes(id))));
    },
  },
  {
    id: "T100",
    injection: "a custom logger and custom allow lists",
    bar: "honors them",
    async run(lab) {
      const lines: string[] = [];
      const server = await lab.server(
        withHeaders(okToken(), "X-Mine: shown-by-choice\r\nX-Other: not-shown\r\n"),
      );
      const loggingOptions = {
        logger: (...parts: unknown[]) => void lines.push(parts.map(String).join(" ")),
        additionalAllowedHeaderNames: ["x-mine"],
      };
      await lab.call(getToken(lab.client(server, { loggingOptions })));
      const all = lines.join("\n");
      lab.must("own logger called", lines.length > 0);
      lab.must("allowed header shown", all.includes("shown-by-choice"));
      lab.must("other header hidden", !all.includes("not-shown"));
    },
  },
  {
    id: "T101",
    injection: "a call that fails because of its status or a malformed body",
    bar: "logs one warning with the request id",
    async run(lab) {
      for (const reply of [
        failure(400),
        answer({ headers: { "Content-Type": "application/json" }, body: "{" }),
      ]) {
        const server = await lab.server(reply);
        const before = logLines(lab, "warning").length;
        await lab.call(getToken(lab.client(server, once)));
        const id = server.requests[0]?.headers.get("x-ms-client-request-id") ?? "no id";
        const warnings = logLines(lab, "warning").slice(before);
        lab.must(
          `one warning (${warnings.length})`,
          warnings.filter((line) => line.includes(id)).length === 1,
        );
        lab.must("nothing at error", logLines(lab, "error").length === 0);
      }
    },
  },
  {
    id: "T102",
    injection: "a traced call with one retry",
    bar: "ends one span for the method with one child per attempt, and sends traceparent",
    async run(lab) {
      const server = await lab.server([failure(500), okToken()]);
      await lab.call(getToken(lab.client(server)));
      const { spans } = lab.seen;
      const http = spans.filter(({ name }) => /HTTP/.test(name));
      const method = spans.filter(({ name }) => !/HTTP/.test(name));
      lab.note(spans.map(({ name, parent }) => `${name} < ${parent}`).join(", "));
      lab.must("one span for the method", method.length === 1);
      lab.must("one per attempt", http.length === 2);
      lab.must(
        "below it",
        http.every(({ parent }) => parent === method[0]?.name),
      );
      lab.must(
        "ended",
        spans.every(({ ended }) => ended),
      );
      lab.must(
        "traceparent sent",
        server.requests.every(({ headers }) => headers.has("traceparent")),
      );
    },
  },
  {
    id: "T103",
    injection: "inspect, JSON, and structuredClone of client, credential, and options",
    bar: "shows no secret and doesn't throw",
    async run(lab) {
      const server = await lab.server(okToken());
      const credential = lab.subject.keyCredential(accessKey);
      const client = lab.client(server);
      const withCredential = lab.clientWith(server, credential);
      await lab.call(getToken(client));
      await lab.call(getToken(withCredential));
      for (const [name, value] of [
        ["client", client],
        ["client with credential", withCredential],
        ["credential", credential],
      ] as const) {
        lab.keep(name, value);
        for (const [way, print] of [
          ["inspect", () => inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })],
          ["JSON", () => JSON.stringify(value)],
          ["structuredClone", () => structuredClone(value)],
        ] as const) {
          const outcome = await lab.call(print);
          lab.must(`${way} of the ${name} does not throw`, outcome.kind === "value");
        }
      }
    },
  },
]);
