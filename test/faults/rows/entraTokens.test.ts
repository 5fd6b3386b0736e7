// Group D: Entra tokens, which other code issues and many calls share.
import { setTimeout as pause } from "node:timers/promises";
import { errorName, messageOf, readMember } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { bearerOf, EntraCredential, fail, hang, issue, issueSlowly } from "../servers/entra.js";
import type { FaultServer, FaultServerOptions } from "../servers/faultServer.js";
import { failure, okToken, okUser } from "../servers/identityReplies.js";
import { recordingHttpClient } from "../servers/recordingHttpClient.js";
import { getToken } from "./calls.js";

/** Returns options for TLS, since the official client sends no token without it. */
function secure(): FaultServerOptions {
  return { tls: serverIdentity("trusted") };
}

function bearers(server: FaultServer): (string | undefined)[] {
  return server.requests.map(({ headers }) => bearerOf(headers));
}

const claims = '{"access_token":{"nbf":{"essential":true,"value":"1603742800"}}}';
const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
  `error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;

testRows([
  {
    id: "T37",
    injection: "100 concurrent calls on a new client",
    bar: "asks the credential for one token",
    reportLimitMs: 40_000,
    async run(lab) {
      const server = await lab.server(okUser(), secure());
      const credential = new EntraCredential(issueSlowly(50));
      const client = lab.clientWith(server, credential);
      const { kind } = await lab.call(
        () => Promise.all(Array.from({ length: 100 }, () => client.createUser())),
        30_000,
      );
      lab.must("all succeed", kind === "value" && server.requests.length === 100);
      lab.must(`one getToken (${credential.calls.length})`, credential.calls.length === 1);
    },
  },
  {
    id: "T38",
    injection: "two callers that share a token request, the first of which aborts",
    bar: "lets the second succeed",
    async run(lab) {
      const server = await lab.server(okToken(), secure());
      const client = lab.clientWith(server, new EntraCredential(issueSlowly(150)));
      const controller = lab.abortController();
      const first = lab.call(getToken(client, { abortSignal: controller.signal }));
      const second = lab.call(getToken(client));
      setTimeout(() => controller.abort(), 40);
      lab.must("the first is aborted", errorName((await first).error) === "AbortError");
      lab.must("the second succeeds", (await second).kind === "value");
    },
  },
  {
    id: "T39",
    injection: "a token that can't be refreshed before it expires, and no further call",
    bar: "keeps the process alive",
    async run(lab) {
      const server = await lab.server(okToken(), secure());
      const client = lab.clientWith(server, new EntraCredential(issue(2_500), fail("Entra is down")));
      await lab.call(getToken(client));
      await lab.call(getToken(client));
      // The observer reports an unhandled rejection.
      await pause(4_500);
    },
  },
  {
    id: "T40",
    injection: "a credential whose getToken hangs, and an abort by the caller",
    bar: "rejects, though the credential still hangs",
    async run(lab) {
      const server = await lab.server(okToken(), secure());
      const client = lab.clientWith(server, new EntraCredential(hang));
      const controller = lab.abortController();
      setTimeout(() => controller.abort(), 100);
      const { error } = await lab.call(getToken(client, { abortSignal: controller.signal }), 1_500);
      lab.must("AbortError", errorName(error) === "AbortError");
    },
  },
  {
    id: "T41",
    injection: "a credential whose getToken hangs, and a timeout of 200 ms",
    bar: "rejects with a TimeoutError after 200 ms",
    async run(lab) {
      const server = await lab.server(okToken(), secure());
      const client = lab.clientWith(server, new EntraCredential(hang));
      const { error, ms } = await lab.call(getToken(client, { requestOptions: { timeout: 200 } }), 2_000);
      lab.must(`TimeoutError (${errorName(error)})`, errorName(error) === "TimeoutError");
      lab.must(`not before 200 ms (${ms} ms)`, ms >= 190);
    },
  },
  {
    id: "T42",
    injection: "a credential whose getToken returns null or throws",
    bar: "rejects with a clear error, the credential's own if it threw, and sends nothing",
    async run(lab) {
      const server = await lab.server(okToken(), secure());
      const none = await lab.call(getToken(lab.clientWith(server, new EntraCredential(() => null))));
      lab.must("says token", none.kind === "error" && /token/i.test(messageOf(none.error)));
      const credential = new EntraCredential(fail("Sign in first."));
      const thrown = await lab.call(getToken(lab.clientWith(server, credential)));
      const messages = [thrown.error, readMember(thrown.error, "cause")].map(messageOf);
      lab.must(
        "the credential's own error",
        messages.some((message) => message.includes("Sign in first.")),
      );
      lab.must("nothing sent", server.requests.length === 0);
    },
  },
  {
    id: "T43",
    injection: "a token that expires while the client waits to retry",
    bar: "sends the next attempt with a fresh token",
    async run(lab) {
      const server = await lab.server([failure(503, { "Retry-After": "2" }), okToken()], secure());
      const client = lab.clientWith(server, new EntraCredential(issue(1_500), issue()));
      const { kind } = await lab.call(getToken(client));
      const [first, second] = bearers(server);
      lab.must("succeeds", kind === "value");
      lab.must("a fresh token", first !== undefined && second !== undefined && first !== second);
    },
  },
  {
    id: "T44",
    injection: "401 with a claims challenge (continuous access evaluation)",
    bar: "requests one new token with these claims, and rejects on a second challenge",
    async run(lab) {
      const refusal = failure(401, { "WWW-Authenticate": challenge });
      const server = await lab.server([refusal, okToken()], secure());
      const credential = new EntraCredential(issue());
      const { kind } = await lab.call(getToken(lab.clientWith(server, credential)));
      lab.must("succeeds", kind === "value" && server.requests.length === 2);
      lab.must("asks with the claims", credential.calls[1]?.claims === claims);
      const strict = await lab.server(refusal, secure());
      await lab.call(getToken(lab.clientWith(strict, new EntraCredential(issue()))));
      lab.must(`answers a challenge once (${strict.requests.length})`, strict.requests.length === 2);
    },
  },
  {
    id: "T45",
    injection: "401 without a challenge",
    bar: "doesn't use the rejected token for a later call",
    async run(lab) {
      let rejected: string | undefined;
      const server = await lab.server((exchange) => {
        const bearer = bearerOf(exchange.request.headers);
        rejected ??= bearer;
        (bearer === rejected ? failure(401) : okToken())(exchange);
      }, secure());
      const client = lab.clientWith(server, new EntraCredential(issue()));
      await lab.call(getToken(client));
      await lab.call(getToken(client));
      const { kind } = await lab.call(getToken(client));
      lab.must("the third call succeeds", kind === "value");
      lab.must(`no storm (${server.requests.length} requests)`, server.requests.length <= 4);
    },
  },
  {
    id: "T46",
    injection: "an Entra credential and a plain http endpoint that isn't loopback",
    bar: "rejects it, even with the opt-in, and sends no token",
    async run(lab) {
      const { httpClient, requests } = recordingHttpClient();
      const { kind, error } = await lab.call(() => {
        const options = { allowInsecureConnection: true, httpClient };
        return lab.clientWith("http://contoso.example", new EntraCredential(issue()), options).createUser();
      });
      lab.must("refused", kind === "error" && /https|plain http|TLS|secure/i.test(messageOf(error)));
      lab.must("no token is sent", requests.length === 0);
    },
  },
]);
