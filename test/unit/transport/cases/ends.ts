import { expect, it, vi } from "vitest";
import { silence } from "../../../faults/servers/replies.js";
import { eventually, startFaultServer } from "../../../helpers/transport/servers.js";
import { okBody } from "../answers.js";
import type { Lab } from "../contract.js";

/** Requests that are aborted, and what they leave behind. `attemptPolicy.test.ts` has those whose response stays out. */
export function endCases({ client, makeRequest, send, certificates }: Lab): void {
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
