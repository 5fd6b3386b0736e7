import { once } from "node:events";
import http from "node:http";
import { json } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { fakeRouting } from "../../../../src/testing/routing.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import type { Strictness } from "../../../../src/testing/service/settings.js";
import { dispatch } from "../../../../src/testing/wire/dispatch.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";

const path = "/identities?api-version=2023-10-01";
const host = "127.0.0.1:10000";

/** Sends a target that no URL class has normalized. The signature covers `signed`, which defaults to the target. */
async function send(target: string, { signed = target, strictness = "standard" as Strictness } = {}) {
  const fake = createFake({ strictness });
  const headers = signedHeaders({
    method: "POST",
    target: signed,
    host,
    key: fake.settings.firstKeys[0]?.key.text ?? "",
  });
  const { status, body, ...rest } = await dispatch(
    fakeRouting,
    { fake },
    {
      method: "POST",
      target,
      scheme: "http",
      host,
      headers: new Map(Object.entries(headers)),
      read: async () => new Uint8Array(),
    },
  );
  const { error } = JSON.parse(new TextDecoder().decode(body));
  const diagnosis = new Map(rest.headers).get("x-ms-emulator-diagnosis");
  expect(fake.requestLog.list()[0]?.diagnosis).toBe(diagnosis);
  return { status, error, diagnosis };
}

describe("a path with two leading slashes, caused by an endpoint with a trailing slash,", () => {
  it("is routed as if it had one, but its signature covers both", async () => {
    expect(await send(`/${path}`)).toMatchObject({
      status: 201,
      diagnosis: "The path was accepted under the tolerance js-doubled-slash",
    });
    expect((await send(`/${path}`, { signed: path })).diagnosis).toBe(
      "The path was accepted under the tolerance js-doubled-slash; The signature was accepted under the tolerance python-http-path",
    );
    expect((await send(`/${path}`, { signed: "/other" })).status).toBe(401);
  });

  it("gets 404 in strict mode, and three slashes always do", async () => {
    const strict = await send(`/${path}`, { strictness: "strict" });
    expect([strict.status, strict.diagnosis]).toEqual([
      404,
      expect.stringContaining("two slashes, because the client's endpoint ends with one. Remove that slash"),
    ]);
    expect((await send(`//${path}`)).status).toBe(404);
  });
});

it("a query has its further question marks", async () => {
  const { entra, fetch } = createFakeIdentityService();
  const query = `client_id=${entra.clientId}&response_type=code&scope=openid&login_hint=alice@contoso.com`;
  const url = `${entra.authorityHost}/${entra.tenantId}/oauth2/v2.0/authorize?${query}&redirect_uri=http://localhost/?page=1&state=1`;
  const { headers } = await fetch(new Request(url));
  expect(headers.get("location")).toMatch(/^http:\/\/localhost\/\?page=1&code=[^&]+&state=1/);
});

it("a target that is an absolute URL, as sent to a proxy, is routed by its path, and messages name it once", async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const { host, port } = new URL(emulator.url);
  const ask = async (target: string) => {
    const signed = signedHeaders({ method: "POST", target, host, key: emulator.service.accessKey });
    const request = http.request({
      port,
      method: "POST",
      path: `http://${host}${target}`,
      headers: { ...signed, host },
    });
    const [answer] = await once(request.end(), "response");
    return { status: answer.statusCode, body: await json(answer) };
  };
  expect(await ask(path)).toMatchObject({ status: 201 });
  expect(await ask("/identities?api-version=2001-01-01")).toMatchObject({
    body: {
      error: {
        message: `The HTTP resource that matches the request URI 'http://${host}/identities' does not support the API version '2001-01-01'.`,
      },
    },
  });
});
