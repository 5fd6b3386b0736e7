import { AbortController as PolyfilledController } from "@azure/abort-controller";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { makeSelfSigned } from "../../../src/emulator/certificate/selfSignedCertificate.js";
import { type EmulatorOptions, type LogEntry, startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { send } from "../../helpers/emulator/http.js";

async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

describe("startEmulator", () => {
  it("works if the global AbortController is a polyfill, as in happy-dom", async () => {
    vi.stubGlobal("AbortController", PolyfilledController);
    const { connectionString } = await start();
    await expect(new CommunicationIdentityClient(connectionString).createUser()).resolves.toBeDefined();
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no space");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no space"))],
  ])("lets a request succeed although onLog %s, and a warning says so", async (_, onLog) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { connectionString } = await start({ onLog });
    await expect(new CommunicationIdentityClient(connectionString).createUser()).resolves.toBeDefined();
    await expect.poll(() => warnings.mock.calls).toEqual([["onLog failed: no space"]]);
  });

  it("logs each request in a line, with a link to the help, and warns of what isn't refused on purpose", async () => {
    const log: LogEntry[] = [];
    const { url, connectionString } = await start({ onLog: (entry) => log.push(entry) });
    await new CommunicationIdentityClient(connectionString).createUser();
    for (const headers of [{}, { "x-acs-identity-doctor": "1" }]) await send(url, "GET", "/x", { headers });
    const [reason, help] = ["No operation has this path", `${url}/help#403-404-405-413-415`];
    const line = (message: string) => message.replace(/[\d.]+ ms/, "1 ms");
    expect(log.map(({ level, message }) => `${level} ${line(message)}`)).toEqual([
      "info POST /identities?api-version=2023-10-01 201 1 ms",
      ...["warn", "info"].map((level) => `${level} GET /x 404 NotFound 1 ms: ${reason} (${help})`),
    ]);
    expect(log[1]?.fields).toMatchObject({ help, request: { target: "/x", status: 404, diagnosis: reason } });
    expect(log[1]?.fields?.request).not.toHaveProperty("headers");
  });

  it("takes names of allowedHosts in any case", async () => {
    const { url } = await start({ allowedHosts: ["Login.EXAMPLE"] });
    const statusFor = async (host: string) =>
      (await send(url, "GET", "/common/discovery/instance", { headers: { host } })).status;
    expect([await statusFor("login.example"), await statusFor("other.example")]).toEqual([200, 403]);
  });

  it("lets a delayed request finish when it closes", async () => {
    const { url, connectionString, service, close } = await startEmulator();
    service.failNext({ delayInMs: 300 });
    const created = new CommunicationIdentityClient(connectionString).createUser();
    await expect.poll(async () => (await send(url, "GET", "/_emulator/faults")).json.faults).toEqual([]);
    await close();
    await expect(created).resolves.toBeDefined();
  });

  it("names the key of another certificate", async () => {
    const made = () => makeSelfSigned(["localhost"], new Date(), new Date("2049-01-01"));
    const [{ cert }, { key }] = [made(), made()];
    await expect(startEmulator({ tls: { cert, key } })).rejects.toThrow(
      /^tls\.key can't be used: .*mismatch/,
    );
  });

  it("closes once, however often it is asked to", async () => {
    const emulator = await start();
    const closing = emulator.close();
    expect(emulator.close()).toBe(closing);
    await closing;
    await emulator[Symbol.asyncDispose]();
    await expect(send(emulator.url, "GET", "/_emulator/health")).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});
