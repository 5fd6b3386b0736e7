import { describe, expect, it } from "vitest";
import { handleRequest } from "../../src/testing/handleRequest.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import type { Strictness } from "../../src/testing/settings.js";
import { signedHeaders } from "./sign.js";

const path = "/identities?api-version=2023-10-01";
const host = "127.0.0.1:10000";

/** Sends a target as it stands, which no URL class has put in order, signed over another one if told so. */
async function send(target: string, { signed = target, strictness = "standard" as Strictness } = {}) {
  const core = createServiceCore({ strictness });
  const headers = signedHeaders({
    method: "POST",
    target: signed,
    host,
    key: core.settings.accessKeyText,
  });
  const { status, body, ...answer } = await handleRequest(core, {
    method: "POST",
    target,
    scheme: "http",
    host,
    headers: new Map(Object.entries(headers)),
    body: new Uint8Array(),
  });
  const { error } = JSON.parse(new TextDecoder().decode(body));
  return { status, error, diagnosis: new Map(answer.headers).get("x-ms-emulator-diagnosis") };
}

describe("a path that starts with two slashes, as an endpoint with a slash at its end makes it", () => {
  it("is taken for one slash, and the signature is over both", async () => {
    expect(await send(`/${path}`)).toMatchObject({
      status: 201,
      diagnosis: "The path was accepted under the tolerance js-doubled-slash",
    });
    expect((await send(`/${path}`, { signed: "/other" })).status).toBe(401);
  });

  it("gets 404 when strict, and three of them always do", async () => {
    const strict = await send(`/${path}`, { strictness: "strict" });
    expect([strict.status, strict.diagnosis]).toEqual([404, expect.stringContaining("two slashes")]);
    expect((await send(`//${path}`)).status).toBe(404);
  });
});

describe("an absolute URL as target, as a proxy asks for it", () => {
  it("is that of its path, for the signature as well", async () => {
    expect((await send(`http://${host}${path}`, { signed: path })).status).toBe(201);
  });

  it("is named once in the message about its version", async () => {
    const other = "/identities?api-version=2001-01-01";
    const { error } = await send(`http://${host}${other}`, { signed: other });
    expect(error.message).toBe(
      `The HTTP resource that matches the request URI 'http://${host}/identities' does not support the API version '2001-01-01'.`,
    );
  });
});
