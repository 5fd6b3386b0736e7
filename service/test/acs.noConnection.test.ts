import dns from "node:dns";
import { expect, it, onTestFinished, vi } from "vitest";
import { start } from "./inProcess.js";

/** Makes the lookup of this host fail with a code of Node. */
function failLookups(of: string, code: string): void {
  const lookup = dns.lookup as (...parameters: unknown[]) => void;
  const failing = (host: string, ...others: unknown[]) => {
    if (host !== of) return lookup(host, ...others);
    const done = others.at(-1) as (error: Error) => void;
    process.nextTick(done, Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code }));
  };
  const spy = vi.spyOn(dns, "lookup").mockImplementation(failing as typeof dns.lookup);
  onTestFinished(() => spy.mockRestore());
}

it.each([
  ["ECONNREFUSED", "http://127.0.0.1:9"],
  ["ENOTFOUND", "https://contoso.communication.azure.com"],
  ["EAI_AGAIN", "https://contoso.communication.azure.com"],
])("a creation without a connection to ACS, because of %s, leaves nothing behind", async (code, endpoint) => {
  failLookups("contoso.communication.azure.com", code);
  const service = await start(undefined, { acsEndpoint: async () => endpoint });
  onTestFinished(() => service.stop());
  const alice = await service.signIn("alice");
  for (let creation = 0; creation < 2; creation++) {
    const { body } = await service.call("POST", "/token", alice);
    expect(body, "without a pause").toMatchObject({ status: 503, code: "unavailable" });
  }
  expect(JSON.stringify(service.log)).toContain(code);
  const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };
  expect(await service.store.ledger.countByState()).toEqual(nothing);
});
