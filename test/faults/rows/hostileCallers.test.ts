// Beyond the matrix: invalid abort signals, and credentials with wrong clocks or expiry times.
import { vi } from "vitest";
import type { Lab } from "../lab.js";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { ProcessClock } from "../servers/clock.js";
import { bearerOf, EntraCredential, hang, issue, issueSlowly } from "../servers/entra.js";
import type { Reply } from "../servers/faultServer.js";
import { failure, okToken } from "../servers/identityReplies.js";
import { silence } from "../servers/replies.js";
import { getToken } from "./calls.js";

const claims = '{"access_token":{"nbf":{"essential":true}}}';
const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;

/** Moves the monotonic clock forward. Vitest undoes this before the next test. */
function moveMonotonicClock(milliseconds: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + milliseconds);
}

function entraClient(lab: Lab, url: string, credential: EntraCredential) {
  return lab.clientWith(url, credential, { retryOptions: { maxRetries: 0 } });
}

testRows([
  {
    id: "X33",
    injection: "signals whose methods throw, or that abort while a listener is added",
    bar: "settles, and leaves no timer and no unhandled error",
    async run(lab) {
      const fail = (): never => {
        throw new Error("a broken signal");
      };
      const quiet = (): void => {};
      const signals: readonly object[] = [
        { aborted: false, addEventListener: fail, removeEventListener: quiet },
        { aborted: false, addEventListener: quiet, removeEventListener: fail },
        {
          aborted: false,
          addEventListener: (_type: string, listener: (event: object) => void) => listener({ type: "abort" }),
          removeEventListener: quiet,
        },
        {
          aborted: false,
          addEventListener(this: { aborted: boolean }, _type: string, listener: (event: object) => void) {
            this.aborted = true;
            listener({ type: "abort" });
          },
          removeEventListener: fail,
        },
      ];
      for (const reply of [okToken(), silence]) {
        for (const abortSignal of signals) {
          const server = await lab.server(reply);
          const options = { abortSignal, requestOptions: { timeout: 100 } };
          const client = lab.client(server, { retryOptions: { maxRetries: 1, retryDelayInMs: 1 } });
          const { kind } = await lab.call(getToken(client, options), 2_000);
          lab.must("ends", kind !== "pending");
        }
      }
    },
  },
  {
    id: "X34",
    injection: "a clock that is set back by an hour while the credential hangs",
    bar: "asks the credential again after half a minute",
    async run(lab) {
      const server = await lab.server(okToken(), { tls: serverIdentity("trusted") });
      const credential = new EntraCredential(hang, issue());
      const client = entraClient(lab, server.url, credential);
      const clock = new ProcessClock();
      const hung = await lab.call(getToken(client, { requestOptions: { timeout: 100 } }), 1_000);
      lab.should("a TimeoutError", errorName(hung.error) === "TimeoutError");
      clock.move(-3_600_000);
      moveMonotonicClock(31_000);
      const { kind } = await lab.call(getToken(client, { requestOptions: { timeout: 20_000 } }), 2_000);
      lab.must("succeeds", kind === "value");
      lab.must(`asks again (${credential.calls.length})`, credential.calls.length === 2);
    },
  },
  {
    id: "X35",
    injection: "100 concurrent calls that are all challenged for the same claims",
    bar: "asks the credential for these claims once",
    async run(lab) {
      let rejected: string | undefined;
      const challengeFirst: Reply = (exchange) => {
        const bearer = bearerOf(exchange.request.headers);
        rejected ??= bearer;
        (bearer === rejected ? failure(401, { "WWW-Authenticate": challenge }) : okToken())(exchange);
      };
      const server = await lab.server(challengeFirst, { tls: serverIdentity("trusted") });
      const credential = new EntraCredential(issueSlowly(20));
      const client = entraClient(lab, server.url, credential);
      const { kind } = await lab.call(
        () => Promise.all(Array.from({ length: 100 }, getToken(client))),
        40_000,
      );
      lab.must("all succeed", kind === "value");
      const asked = credential.calls.filter((call) => call.claims === claims).length;
      lab.must(`once with the claims (${asked})`, asked === 1);
      lab.must(`two tokens in all (${credential.calls.length})`, credential.calls.length === 2);
    },
  },
]);
