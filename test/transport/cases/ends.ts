import { expect, it, vi } from "vitest";
import type { Reply } from "../../faults/servers/faultServer.js";
import { silence, stall } from "../../faults/servers/replies.js";
import { okBody, okText } from "../answers.js";
import type { Lab } from "../contract.js";
import { eventually, startFaultServer } from "../servers.js";

const long = okText.repeat(100);

/** Sends a request that is never answered, aborts it, and checks that it rejects and that its connection is closed. */
async function abortDuring({ client, makeRequest }: Lab, reply: Reply): Promise<void> {
  const server = await startFaultServer(reply);
  const { request, abort } = makeRequest({ url: server.url, method: "POST", body: "x" });
  const sent = client.sendRequest(request);
  sent.catch(() => undefined);
  await eventually(() => server.requests.length === 1, "the request has arrived");
  await new Promise((resolve) => setTimeout(resolve, 30));
  abort();
  await expect(sent).rejects.toThrow();
  await eventually(() => server.openSockets === 0, "the connection is closed");
}

/** Sends a request that is never answered with a timeout in milliseconds, and checks that it rejects. */
async function endWithTime({ send }: Lab, reply: Reply, timeout = 60): Promise<void> {
  const server = await startFaultServer(reply);
  const sent = send({ url: server.url, settings: { timeout } }).then(
    () => "an answer",
    () => "an error",
  );
  // Ends the wait for a transport that has no time limit.
  const late = new Promise<string>((resolve) => setTimeout(() => resolve("nothing"), 3000));
  expect(await Promise.race([sent, late])).toBe("an error");
}

/** Requests that are aborted or time out. */
export function endCases(lab: Lab): void {
  const { client, makeRequest, send, certificates, except } = lab;
  it("sends nothing if the request is already aborted", async () => {
    const server = await startFaultServer(okBody);
    const { request, abort } = makeRequest({ url: server.url });
    abort();
    await expect(client.sendRequest(request)).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toEqual([]);
  });

  it("rejects when aborted while connecting", async () => {
    // The server never answers the TLS handshake.
    const server = await startFaultServer(silence);
    const { request, abort } = makeRequest({
      url: `https://127.0.0.1:${server.port}`,
      settings: { tlsSettings: { ca: certificates.ca } },
    });
    const sent = client.sendRequest(request);
    sent.catch(() => undefined);
    await eventually(() => server.connections === 1, "the connection is open");
    abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });

  it("rejects when aborted before the headers", () => abortDuring(lab, silence));

  it("rejects when aborted within the body", () => abortDuring(lab, stall(long, 100)));

  it("rejects when aborted within a gzip body", () =>
    abortDuring(lab, stall(Buffer.from("1f8b08", "hex"), 2, { "Content-Encoding": "gzip" })));

  it("completes other requests when one is aborted", async () => {
    const server = await startFaultServer([
      silence,
      ({ later, ...rest }) => later(50, () => okBody({ later, ...rest })),
    ]);
    const { request, abort } = makeRequest({ url: server.url });
    const aborted = client.sendRequest(request);
    aborted.catch(() => undefined);
    await eventually(() => server.requests.length === 1, "the request has arrived");
    const other = send({ url: server.url });
    abort();
    await expect(aborted).rejects.toThrow();
    expect((await other).status).toBe(200);
  });

  it("times out before the headers", () => endWithTime(lab, silence));

  // Long enough for the headers to arrive on a busy machine, too.
  except({
    "node:http": [
      "its timer stops at the headers, but the client limits the whole attempt",
      /expected 'nothing'/,
    ],
  })("times out within the body", () => endWithTime(lab, stall(long, 100), 500));

  it("leaves no timer after a response", async () => {
    const server = await startFaultServer(okBody);
    const { request } = makeRequest({ url: server.url, settings: { timeout: 60_000 } });
    const [started, cleared] = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "clearTimeout")];
    await client.sendRequest(request);
    const timers = started.mock.results.filter((_, index) => started.mock.calls[index]?.[1] === 60_000);
    expect(timers.length).toBeGreaterThan(0);
    for (const { value } of timers) expect(cleared).toHaveBeenCalledWith(value);
  });
}
