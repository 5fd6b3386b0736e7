// The client of this package over undici, from the call to the wire.
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import { tokens } from "../faults/canaries.js";
import { failure, okToken, user } from "../faults/servers/identityReplies.js";
import { reset, silence, stall } from "../faults/servers/replies.js";
import { signatureFault } from "../faults/servers/signatureCheck.js";
import { testKey } from "../helpers/values.js";
import { startProxy } from "../transport/proxyServer.js";
import { eventually, startFaultServer } from "../transport/servers.js";

function clientOf(url: string, options: object = {}): CommunicationIdentityClient {
  return new CommunicationIdentityClient(`endpoint=${url};accesskey=${testKey}`, {
    httpClient: createUndiciHttpClient(),
    retryOptions: { retryDelayInMs: 1 },
    ...options,
  });
}

describe("the client over undici", () => {
  it("gets a token with a valid signature", async () => {
    const server = await startFaultServer(okToken());
    const { token, expiresOn } = await clientOf(server.url).getToken(user, ["voip"]);
    expect(token).toBe(tokens.acs);
    expect(expiresOn).toBeInstanceOf(Date);
    const [request] = server.requests;
    expect(request && signatureFault(request, testKey)).toBeUndefined();
  });

  it("sends the same headers as over node:http", async () => {
    const server = await startFaultServer(okToken());
    await clientOf(server.url).getToken(user, ["voip"]);
    await clientOf(server.url, { httpClient: undefined }).getToken(user, ["voip"]);
    const names = server.requests.map(({ headers }) => [...headers.keys()].toSorted());
    expect(names[0]).toEqual(names[1]);
  });

  it("retries after a reset and a 503, and re-signs each attempt", async () => {
    const server = await startFaultServer([reset, failure(503), okToken()]);
    await clientOf(server.url).getToken(user, ["voip"]);
    expect(server.requests.map((request) => signatureFault(request, testKey))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    { where: "before the headers", reply: silence },
    { where: "within the body", reply: stall("x".repeat(100), 10) },
  ])("times out $where with a TimeoutError, and closes the connection", async ({ reply }) => {
    const server = await startFaultServer(reply);
    const call = clientOf(server.url).getToken(user, ["voip"], { requestOptions: { timeout: 60 } });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    await eventually(() => server.openSockets === 0, "the connection is closed");
  });

  it("rejects with an AbortError when its signal aborts, and closes the connection", async () => {
    const server = await startFaultServer(silence);
    const controller = new AbortController();
    const call = clientOf(server.url).getToken(user, ["voip"], { abortSignal: controller.signal });
    call.catch(() => undefined);
    await eventually(() => server.requests.length === 1, "the request has arrived");
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await eventually(() => server.openSockets === 0, "the connection is closed");
  });

  it("honors proxyOptions", async () => {
    const server = await startFaultServer(okToken());
    const proxy = await startProxy();
    const proxyOptions = { host: "http://127.0.0.1", port: proxy.port };
    await clientOf(server.url, { proxyOptions }).getToken(user, ["voip"]);
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
    expect(server.requests.length).toBe(1);
  });
});
