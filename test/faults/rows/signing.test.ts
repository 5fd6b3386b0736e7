// Group C, part 1: what is signed, and when.
import { createHttpHeaders, createPipelineRequest, type HttpMethods } from "@azure/core-rest-pipeline";
import { readVectors, type SignatureVector } from "../../vectors/vectors.js";
import { accessKey, addKey } from "../canaries.js";
import { testRows } from "../row.js";
import { ProcessClock } from "../servers/clock.js";
import { failure, okEmpty, okToken, okUserAndToken, user } from "../servers/identityReplies.js";
import { signatureFault } from "../servers/signatureCheck.js";
import type { Subject } from "../subjects.js";
import { getToken } from "./calls.js";

/** Signs the request of a vector with the subject's policy, and returns its Authorization header. */
async function authorizationOf(vector: SignatureVector, subject: Subject): Promise<string | undefined> {
  const policy = subject.signingPolicy(subject.keyCredential(vector.key));
  const request = createPipelineRequest({
    url: vector.url,
    method: vector.method as HttpMethods,
    ...(vector.body !== null && { body: vector.body }),
  });
  let sent: string | undefined;
  await policy.sendRequest(request, async () => {
    sent = request.headers.get("authorization");
    return { request, status: 200, headers: createHttpHeaders() };
  });
  return sent;
}

testRows([
  {
    id: "T28",
    injection: "the vectors of the official client's own tests, and the documented ones",
    bar: "produces the same signatures, byte for byte",
    async run(lab) {
      const clock = new ProcessClock();
      for (const vector of readVectors()) {
        if (vector.source === "openssl") continue;
        clock.hold(Date.parse(vector.date));
        const value = await authorizationOf(vector, lab.subject);
        lab.must(vector.name, value?.endsWith(`&Signature=${vector.signature}`) === true);
      }
    },
  },
  {
    id: "T29",
    injection: "all vectors through node:crypto and through WebCrypto",
    bar: "produces the same bytes",
    run: (lab) =>
      lab.inBrowserBuild(async (browser) => {
        const clock = new ProcessClock();
        for (const vector of readVectors()) {
          clock.hold(Date.parse(vector.date));
          const [one, other] = [
            await authorizationOf(vector, lab.subject),
            await authorizationOf(vector, browser),
          ];
          lab.must(`same for '${vector.name}'`, one === other && one !== undefined);
        }
      }),
  },
  {
    id: "T30",
    injection: "a query with %20 ~ %2A : ( ) * $ ; and a bare name",
    bar: "signs exactly what it sends",
    async run(lab) {
      const query = "x=%20~%2A:()*$;/&bare&a=1+2'";
      const append = {
        name: "appendQuery",
        async sendRequest(request: { url: string }, next: (request: unknown) => Promise<unknown>) {
          if (!request.url.includes(query)) request.url += `&${query}`;
          return next(request);
        },
      };
      for (const options of [
        { apiVersion: "2023-10-01 ~*:()$;" },
        { additionalPolicies: [{ policy: append, position: "perCall" }] },
      ]) {
        const server = await lab.server(okToken());
        await lab.call(getToken(lab.client(server, options)));
        const [request] = server.requests;
        const fault = request ? signatureFault(request, accessKey) : "nothing sent";
        lab.must(`signature holds (${fault})`, fault === undefined);
      }
    },
  },
  {
    id: "T31",
    injection: "503 with Retry-After: 1, three times",
    bar: "re-signs each attempt with a fresh date",
    async run(lab) {
      const busy = failure(503, { "Retry-After": "1" });
      const server = await lab.server([busy, busy, busy, okToken()]);
      await lab.call(getToken(lab.client(server)), 6_000);
      const dates = server.requests.map(({ headers }) => headers.get("x-ms-date"));
      lab.note(`${new Set(dates).size} dates in ${dates.length} attempts`);
      lab.must("4 attempts", dates.length === 4);
      lab.must("a fresh date each", new Set(dates).size === 4);
      const faults = server.requests.flatMap((request) => signatureFault(request, accessKey) ?? []);
      lab.must(`signatures hold (${faults[0]})`, faults.length === 0);
    },
  },
  {
    id: "T32",
    injection: "20 minutes between two attempts",
    bar: "signs the second attempt with its own time",
    async run(lab) {
      const clock = new ProcessClock();
      const faults: (string | undefined)[] = [];
      const server = await lab.server([
        (exchange) => {
          clock.move(20 * 60_000);
          failure(500)(exchange);
        },
        (exchange) => {
          faults.push(signatureFault(exchange.request, accessKey));
          okToken()(exchange);
        },
      ]);
      await lab.call(getToken(lab.client(server)));
      lab.must("2 attempts", server.requests.length === 2);
      lab.must(`the second would be accepted (${faults[0]})`, faults[0] === undefined);
    },
  },
  {
    id: "T33",
    injection: "a key that is rotated between two attempts",
    bar: "signs the next attempt with the new key",
    async run(lab) {
      const newKey = Buffer.alloc(32, "another canary key");
      addKey(lab.needles, "new access key", newKey);
      const credential = lab.subject.keyCredential(accessKey);
      const server = await lab.server([
        (exchange) => {
          credential.update(newKey.toString("base64"));
          failure(500)(exchange);
        },
        okToken(),
      ]);
      await lab.call(getToken(lab.clientWith(server, credential)));
      const [, second] = server.requests;
      const fault = second ? signatureFault(second, newKey.toString("base64")) : "no second attempt";
      lab.must(`signed with the new key (${fault})`, fault === undefined);
    },
  },
  {
    id: "T36",
    injection: "a body with non-ASCII characters",
    bar: "hashes the bytes on the wire",
    async run(lab) {
      const server = await lab.server([okUserAndToken(), okToken(), okToken(), okEmpty]);
      const client = lab.client(server);
      await lab.call(() => client.createUserAndToken(["chät", "日本", "😀", "\u2028"]));
      await lab.call(() => client.getToken(user, ["\ud83d", "é"]));
      await lab.call(() =>
        client.getTokenForTeamsUser({ teamsUserAadToken: "ü", clientId: "ß", userObjectId: "\u0000" }),
      );
      const faults = server.requests.map((request) => signatureFault(request, accessKey));
      lab.must("3 requests", faults.length === 3);
      lab.must(
        `signatures hold (${faults.find(Boolean)})`,
        faults.every((fault) => fault === undefined),
      );
    },
  },
]);
