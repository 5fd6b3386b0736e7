/** A program that uses identityHandlers with any version of msw and prints the results as one line of JSON. */
import nodeHttp from "node:http";
import { http } from "msw";
import { setupServer } from "msw/node";
import { createFakeIdentityService, identityHandlers } from "../../../../../src/testing/index.js";
import { signedHeaders } from "../../../../helpers/testing/sign.js";

const service = createFakeIdentityService({
  strictness: "strict",
  endpoint: "http://fake-resource.test:8080",
});
const server = setupServer(...identityHandlers(service, http));
server.listen({ onUnhandledRequest: "error" });

const target = "/identities?api-version=2023-10-01";
const { host } = new URL(service.endpoint);

const headers = () => signedHeaders({ method: "POST", target, host, key: service.accessKey });

const url = new URL(target, service.endpoint);
const byFetch = () => fetch(url, { method: "POST", headers: headers() });
const byHttp = () =>
  new Promise<number | undefined>((resolve, reject) => {
    const outgoing = nodeHttp.request(url, { method: "POST", headers: headers() }, (response) =>
      resolve(response.statusCode),
    );
    outgoing.on("error", reject).end();
  });

const created = await byFetch();
const { identity } = (await created.json()) as { identity: { id: string } };
const viaHttp = await byHttp();
const unknown = await fetch(new URL("/unknown", service.endpoint));
service.failNext({ drop: "before" });
const dropped = await byFetch().catch((error: Error) => error.name);
const stranger = await fetch("http://stranger.test/").catch((error: Error) => error.name);
server.close();
console.log(
  JSON.stringify({
    status: created.status,
    id: identity.id.slice(0, 6),
    versions: created.headers.has("api-supported-versions"),
    viaHttp,
    unknown: unknown.status,
    dropped,
    stranger,
  }),
);
