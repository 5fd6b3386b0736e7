// Group D: Entra tokens, which other code issues and many calls share.
import { setTimeout as pause } from "node:timers/promises";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { bearerOf, EntraCredential, fail, hang, issue, issueSlowly } from "../servers/entra.js";
import type { FaultServer, FaultServerOptions } from "../servers/faultServer.js";
import { failure, okToken } from "../servers/identityReplies.js";
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
]);
