// Beyond the matrix: options that try to smuggle in headers or requests.
import type { Lab } from "../lab.js";
import { messageOf } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { EntraCredential } from "../servers/entra.js";
import type { FaultServer } from "../servers/faultServer.js";
import { okToken } from "../servers/identityReplies.js";
import type { IdentityClient } from "../subjects.js";
import { getToken } from "./calls.js";

const injection = "a\r\nX-Injected: 1\r\n\r\nGET /injected HTTP/1.1\r\n";

/** Checks that the server gets at most one request and no smuggled header, however the call ends. */
async function judge(lab: Lab, server: FaultServer, call: () => Promise<unknown>): Promise<void> {
  const { kind, error } = await lab.call(call);
  lab.must(
    "no header smuggled",
    server.requests.every(({ headers }) => !headers.has("x-injected")),
  );
  lab.must(
    "no request smuggled",
    server.requests.every(({ target }) => target.startsWith("/identities/8%3Aacs")),
  );
  lab.must("one request at most", server.requests.length <= 1);
  if (kind === "error") lab.must("a message of 1 to 1 000 characters", /^.{1,1000}$/s.test(messageOf(error)));
}

testRows([
  {
    id: "X16",
    injection:
      "CR LF and a whole request in header values, header names, the API version, or the Entra token",
    bar: "rejects or encodes them, so nothing is smuggled",
    async run(lab) {
      const perCall: readonly object[] = [
        { requestOptions: { customHeaders: { "X-Mine": injection } } },
        { requestOptions: { customHeaders: { [injection]: "1" } } },
        { requestOptions: { customHeaders: { "X-Mine": "\u0000", "X-Other": "日本" } } },
      ];
      for (const options of perCall) {
        const server = await lab.server(okToken());
        await judge(lab, server, getToken(lab.client(server), options));
      }
      const perClient: readonly object[] = [
        { apiVersion: injection },
        { apiVersion: "1&x=1#/../../identities?" },
        { telemetryOptions: { clientRequestIdHeaderName: injection } },
        { userAgentOptions: { userAgentPrefix: injection } },
      ];
      for (const options of perClient) {
        const server = await lab.server(okToken());
        await judge(lab, server, async () =>
          lab.client(server, { ...options }).getToken({ communicationUserId: "8:acs:a" }, ["chat"]),
        );
      }
      const secure = await lab.server(okToken(), { tls: serverIdentity("trusted") });
      const credential = new EntraCredential(() => ({
        token: injection,
        expiresOnTimestamp: Date.now() + 3_600_000,
      }));
      const client: IdentityClient = lab.clientWith(secure, credential);
      await judge(lab, secure, getToken(client));
    },
  },
]);
