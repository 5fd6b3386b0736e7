// Group E, part 2: attempts that get no response.

import { readFileSync } from "node:fs";
import { exportOf } from "../../trust/secrets/prints.js";
import type { Lab } from "../lab.js";
import { readMember } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import type { FaultServer, Reply } from "../servers/faultServer.js";
import { okEmpty, okToken, okUser, user } from "../servers/identityReplies.js";
import { failLookups } from "../servers/names.js";
import { answer, reset } from "../servers/replies.js";
import type { PackageName } from "../subjects.js";
import { getToken } from "./calls.js";

/** Checks that the client recovers from each code, which a lookup below its own transport fails with once. */
async function recoversFrom(lab: Lab, codes: readonly string[]): Promise<void> {
  for (const code of codes) {
    const server = await lab.server(okToken());
    failLookups("acs.localhost", [code]);
    const { kind } = await lab.call(getToken(lab.client(server.urlAt("acs.localhost"))));
    lab.must(`recovers from ${code}`, kind === "value");
  }
}

const documents: Record<PackageName, URL> = {
  ours: new URL("../../../src/communicationIdentityClient.ts", import.meta.url),
  official: new URL(
    "../../../node_modules/@azure/communication-identity/types/communication-identity.d.ts",
    import.meta.url,
  ),
};

/** Returns whether the documentation of a method mentions retries. */
function documentsRetry(name: PackageName, method: string): boolean {
  const text = readFileSync(documents[name], "utf8");
  const end = text.search(new RegExp(`^ +(async )?${method}\\(`, "m"));
  return /retr/i.test(text.slice(text.lastIndexOf("/**", end), end));
}

testRows([
  {
    id: "T57",
    injection: "ECONNRESET, ECONNREFUSED, ETIMEDOUT, ENOTFOUND, or a real reset, once",
    bar: "recovers",
    async run(lab) {
      await recoversFrom(lab, ["ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND"]);
      const server = await lab.server([reset, okToken()]);
      const { kind } = await lab.call(getToken(lab.client(server)));
      lab.must("recovers from a reset", kind === "value");
    },
  },
  {
    id: "T58",
    injection: "EAI_AGAIN, EPIPE, EHOSTUNREACH, ENETUNREACH, ENETDOWN, or ECONNABORTED, once",
    bar: "recovers",
    run: (lab) =>
      recoversFrom(lab, ["EAI_AGAIN", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ECONNABORTED"]),
  },
  {
    id: "T59",
    injection: "the TypeError with which fetch fails in Chromium, Firefox, Safari, and Node, once",
    bar: "recovers, but doesn't retry a TypeError that isn't a network error",
    run: (lab) =>
      lab.inBrowserBuild(async (browser) => {
        const realFetch = globalThis.fetch;
        const failOnce = (error: Error): { calls: number } => {
          const counter = { calls: 0 };
          globalThis.fetch = (...args) => {
            counter.calls++;
            return counter.calls === 1 ? Promise.reject(error) : realFetch(...args);
          };
          return counter;
        };
        for (const message of [
          "Failed to fetch",
          "NetworkError when attempting to fetch resource.",
          "Load failed",
          "fetch failed",
        ]) {
          const server = await lab.server(okToken());
          failOnce(new TypeError(message));
          const { kind } = await lab.call(getToken(lab.client(server, {}, browser)));
          lab.must(`recovers from '${message}'`, kind === "value");
        }
        const counter = failOnce(new TypeError("Window.fetch: 5 is not a valid value for 'mode'."));
        const server = await lab.server(okToken());
        await lab.call(getToken(lab.client(server, {}, browser)));
        lab.must("a mistake isn't retried", counter.calls === 1);
        globalThis.fetch = realFetch;
      }),
  },
  {
    id: "T60",
    injection: "a certificate that is self-signed, expired, or for another name",
    bar: "makes one attempt and shows the cause",
    async run(lab) {
      for (const [name, code] of [
        ["selfSigned", "DEPTH_ZERO_SELF_SIGNED_CERT"],
        ["expired", "CERT_HAS_EXPIRED"],
        ["otherName", "ERR_TLS_CERT_ALTNAME_INVALID"],
      ] as const) {
        const server = await lab.server(okToken(), { tls: serverIdentity(name) });
        const { kind, error } = await lab.call(getToken(lab.client(server)));
        lab.must(`${name} refused`, kind === "error" && server.requests.length === 0);
        lab.must(`one attempt (${server.connections})`, server.connections === 1);
        lab.must(`says ${code}`, readMember(error, "code") === code || exportOf(error).includes(code));
      }
    },
  },
  {
    id: "T61",
    injection: "an idle connection that the server closes when the next request arrives",
    bar: "recovers",
    async run(lab) {
      const close: Reply = ({ socket }) => void socket.destroy();
      for (const reply of [reset, close]) {
        const server = await lab.server([okToken(), reply, okToken()]);
        const client = lab.client(server);
        await lab.call(getToken(client));
        const { kind } = await lab.call(getToken(client));
        lab.must("recovers", kind === "value" && server.requests.length === 3);
      }
      const server = await lab.server([
        answer({ status: 204, headers: { "Content-Length": "", Connection: "close" } }),
        okEmpty,
      ]);
      const client = lab.client(server);
      for (let call = 0; call < 2; call++) {
        const { kind } = await lab.call(() => client.deleteUser(user));
        lab.must("Connection: close is no fault", kind === "value");
      }
    },
  },
  {
    id: "T62",
    injection: "a POST that the server carries out, then a reset",
    bar: "retries with the same operation id, as both methods that create users document",
    async run(lab) {
      const server: FaultServer = await lab.server([reset, okUser()]);
      const { kind } = await lab.call(() => lab.client(server).createUser());
      const ids = server.requests.map(({ headers }) => headers.get("x-ms-client-request-id"));
      lab.must("succeeds", kind === "value" && ids.length === 2);
      lab.must("same operation id", ids[0] !== undefined && ids[0] === ids[1]);
      for (const method of ["createUser", "createUserAndToken"]) {
        lab.must(`documented on ${method}`, documentsRetry(lab.subject.package, method));
      }
    },
  },
]);
