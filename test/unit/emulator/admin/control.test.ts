import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { packageVersion } from "../../../../src/shared/version.js";
import { send } from "../../../helpers/emulator/http.js";
import { makeUser } from "../../../helpers/testing/ask.js";
import { useEmulator } from "./useEmulator.js";

const guidForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const bench = useEmulator();
const { admin } = bench;

describe("the admin API", () => {
  it("says how to connect, how it is set, and how much it has", async () => {
    const other = await startEmulator({ revocationDelayInSeconds: 90, strictness: "loose", users: [{}, {}] });
    onTestFinished(() => other.close());
    other.service.failNext({ status: 503, times: 2 });
    other.service.failNext({ status: 500 });
    const { connectionString, secondaryConnectionString, service, url } = other;
    const { json } = await send(url, "GET", "/_emulator/info");
    const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
    const date = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(json).toEqual({
      ...{ endpoint: `${url}/`, connectionString, secondaryConnectionString },
      ...{ resourceId: "00ac5000-1de4-4717-8000-0000000000f5", version: packageVersion },
      entra: { authorityHost, tenantId, clientId, clientSecret },
      ...{ strictness: "loose", users: 2, revocationDelayInMs: 90_000, faults: 2 },
      ...{ startId: expect.stringMatching(guidForm), revision: expect.any(Number), resets: 0 },
      ...{ stateRevision: expect.any(Number), requests: 0, requestsCleared: 0 },
      ...{ time: date, frozen: false, skewInMs: 0, wallTime: date },
    });
    expect((await admin("GET", "/info")).json.startId).not.toBe(json.startId);
  });

  it("says when everything was replaced, whoever did it", async () => {
    const { service, url } = bench.emulator;
    const resets = async () => (await admin("GET", "/info")).json.resets;
    const before = await resets();
    await send(url, "POST", "/_emulator/reset");
    const afterReset = await resets();
    service.restore(service.snapshot());
    const afterRestore = await resets();
    service.reset();
    await makeUser(service);
    expect([afterReset, afterRestore, await resets()]).toEqual([before + 1, before + 2, before + 3]);
  });

  it("changes its revision if and only if something has changed", async () => {
    const revision = async () => (await admin("GET", "/info")).json.revision;
    const seen = [await revision()];
    expect(await revision()).toBe(seen[0]);
    await makeUser(bench.emulator.service);
    seen.push(await revision());
    await send(bench.emulator.url, "GET", "/unknown");
    seen.push(await revision());
    await admin("DELETE", "/requests");
    seen.push(await revision());
    await admin("POST", "/reset");
    seen.push(await revision());
    expect(new Set(seen).size).toBe(5);
  });

  it("numbers requests in order of arrival, and includes the message of an error", async () => {
    await send(bench.emulator.url, "GET", "/one", { headers: { "x-ms-client-request-id": "call" } });
    const first = (await admin("GET", "/requests")).json.requests[0];
    await send(bench.emulator.url, "GET", "/two");
    const { requests } = (await admin("GET", "/requests")).json;
    expect(requests.map(({ target }: { target: string }) => target)).toEqual(["/two", "/one"]);
    expect(requests[1]).toEqual(first);
    expect(requests[0]).toMatchObject({
      number: first.number + 1,
      message: "The requested resource was not found.",
    });
    expect((await admin("GET", `/requests/${first.number}`)).json).toEqual(first);
    const { headers, body: _1, responseHeaders: _2, responseBody, ...line } = first;
    expect(responseBody.error.code).toBe("NotFound");
    const brief = (await admin("GET", "/requests?brief&limit=2")).json.requests;
    expect(brief[1]).toEqual({ ...line, userAgent: headers["user-agent"], clientRequestId: "call" });
    await admin("DELETE", "/requests");
    expect(await admin("GET", `/requests/${first.number}`)).toMatchObject({ status: 404 });
    await makeUser(bench.emulator.service);
    expect((await admin("GET", "/requests?limit=5")).json.requests).toMatchObject([
      { number: first.number + 2, method: "POST", operation: "createUser", status: 201 },
    ]);
  });

  it("pages through all requests that it keeps, and says how many it has dropped", async () => {
    const other = await startEmulator({ requestLogSize: 3, users: [{ customId: "alice" }] });
    onTestFinished(() => other.close());
    const { service, url } = other;
    const list = async (query: string) => (await send(url, "GET", `/_emulator/requests?brief&${query}`)).json;
    const found = async (query: string) =>
      (await list(query)).requests.map(({ number }: { number: number }) => number);
    const state = async () => (await send(url, "GET", "/_emulator/info")).json;
    const { stateRevision } = await state();
    for (let count = 0; count < 5; count++) await send(url, "GET", "/unknown");
    expect(await list("")).toMatchObject({ total: 3, dropped: 2 });
    expect(await state()).toMatchObject({ requests: 5, requestsCleared: 0, stateRevision });
    expect(await found("limit=2")).toEqual([5, 4]);
    expect(await found("limit=2&before=4")).toEqual([3]);
    expect(await found("before=3")).toEqual([]);
    expect(await found("before=1")).toEqual([]);
    expect(await found("after=3")).toEqual([5, 4]);
    expect(await found("after=3&limit=1")).toEqual([5]);
    expect(await found("after=3&before=5")).toEqual([4]);
    expect(await found("after=5")).toEqual([]);
    for (const number of [2, 6, "x"])
      expect(await send(url, "GET", `/_emulator/requests/${number}`)).toMatchObject({ status: 404 });
    await send(url, "DELETE", "/_emulator/requests");
    expect(await list("after=5")).toEqual({ requests: [], total: 0, dropped: 0 });
    const target = `/identities/${encodeURIComponent(service.users[0]?.id ?? "")}/:issueAccessToken`;
    await send(url, "POST", `${target}?api-version=2023-10-01`);
    expect((await list("")).requests).toMatchObject([{ number: 6, status: 401, customId: "alice" }]);
    expect(await state()).toMatchObject({ requests: 6, requestsCleared: 1 });
  });

  it.each([
    ["Primary", "accessKey", "connectionString"],
    ["primary", "accessKey", "connectionString"],
    ["Secondary", "secondaryAccessKey", "secondaryConnectionString"],
    ["SECONDARY", "secondaryAccessKey", "secondaryConnectionString"],
  ] as const)("regenerates the key %s, and says how to connect with it", async (keyType, key, name) => {
    const { service } = bench.emulator;
    const before = [service.accessKey, service.secondaryAccessKey];
    const { json } = await admin("POST", "/keys/regenerate", { keyType });
    expect(json).toEqual({ key: service[key], connectionString: bench.emulator[name] });
    const changed = before.map((each) => ![service.accessKey, service.secondaryAccessKey].includes(each));
    expect(changed).toEqual([key === "accessKey", key !== "accessKey"]);
    expect((await admin("GET", "/info")).json).toMatchObject({ [name]: json.connectionString });
  });

  it("makes requests fail, and drops connections", async () => {
    expect((await admin("POST", "/faults", { status: 503, times: 2 })).status).toBe(204);
    const [{ number, ...fault }] = (await admin("GET", "/faults")).json.faults;
    expect([number, fault]).toEqual([expect.any(Number), { status: 503, times: 2 }]);
    await expect(makeUser(bench.emulator.service)).rejects.toThrow();
    expect((await admin("GET", "/faults")).json.faults).toEqual([{ number, status: 503, times: 1 }]);
    expect((await admin("DELETE", "/faults")).status).toBe(204);
    expect(await makeUser(bench.emulator.service)).toBeTruthy();
    await admin("POST", "/faults", { drop: "before", operation: "createUser" });
    await expect(send(bench.emulator.url, "POST", "/identities")).rejects.toMatchObject({
      code: "ECONNRESET",
    });
  });

  it("says what is left of faults that last, and stops one of them or all", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const faults = async () => (await admin("GET", "/faults")).json.faults;
    const outage = { status: 503, retryAfterInSeconds: null };
    await admin("POST", "/faults", { ...outage, durationInSeconds: 30 });
    await admin("POST", "/faults", { status: 429, operation: "getToken", times: "unlimited" });
    await admin("POST", "/clock", { advance: { seconds: 12.3456 } });
    const [first, second] = await faults();
    expect([first, second]).toEqual([
      { number: second.number - 1, ...outage, times: "unlimited", durationInSeconds: 17.655 },
      { number: expect.any(Number), status: 429, operation: "getToken", times: "unlimited" },
    ]);
    const reply = await send(bench.emulator.url, "POST", "/identities");
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, undefined]);

    expect((await admin("DELETE", `/faults/${first.number}`)).status).toBe(204);
    expect(await faults()).toEqual([second]);
    for (const number of [first.number, "x"]) {
      expect(await admin("DELETE", `/faults/${number}`)).toMatchObject({
        status: 404,
        json: { error: { code: "Refused" } },
      });
    }
    await admin("POST", "/faults", { ...outage, durationInSeconds: 30 });
    await admin("POST", "/clock", { advance: { seconds: 30 } });
    expect(await faults()).toEqual([second]);
    await admin("DELETE", "/faults");
    expect(await faults()).toEqual([]);
  });

  it("adds one to its revision when a fault is stopped", async () => {
    for (const status of [503, 429]) await admin("POST", "/faults", { status });
    const { revision } = (await admin("GET", "/info")).json;
    const [{ number }] = (await admin("GET", "/faults")).json.faults;
    await admin("DELETE", `/faults/${number}`);
    expect((await admin("GET", "/info")).json).toMatchObject({ faults: 1, revision: revision + 1 });
  });

  it("neither moves the clock nor ends a fault when it refuses a move", async () => {
    await admin("POST", "/clock", { freeze: true });
    const { time } = (await admin("GET", "/clock")).json;
    await admin("POST", "/faults", { status: 503, durationInSeconds: 30 });
    expect((await admin("POST", "/clock", { advance: { hours: 1 }, skew: { days: 1e9 } })).status).toBe(400);
    expect((await admin("GET", "/clock")).json.time).toBe(time);
    expect((await admin("GET", "/faults")).json.faults).toHaveLength(1);
  });

  it("moves the clock, and freezes it at exactly the given time", async () => {
    const start = Date.now();
    let ticks = 0;
    const now = vi.spyOn(Date, "now").mockImplementation(() => start + ticks++);
    onTestFinished(() => now.mockRestore());
    await admin("POST", "/clock", { set: "2030-01-01T00:00:00Z", freeze: true });
    const { json } = await admin("POST", "/clock", { advance: { hours: 23 }, skew: { minutes: -5 } });
    expect(json).toEqual({
      time: "2030-01-01T23:00:00.000Z",
      frozen: true,
      skewInMs: -300_000,
      wallTime: expect.any(String),
    });
    // The machine's, which dates are compared with, and the skew.
    expect(Math.abs(Date.parse(json.wallTime) - start + 300_000)).toBeLessThan(1000);
    expect((await admin("POST", "/clock", { reset: true, freeze: true })).json.frozen).toBe(true);
    expect((await admin("POST", "/clock", { freeze: false })).json).toMatchObject({ frozen: false });
    expect((await admin("GET", "/clock")).json.time).not.toBe(json.time);
    expect((await admin("POST", "/clock", { reset: true })).json).toMatchObject({
      frozen: false,
      skewInMs: 0,
    });
  });

  it.each([
    { advance: 5 },
    { advance: [] },
    { set: "0" },
    { set: "Jan 1" },
    { advance: { hour: 1 } },
    { advance: { hours: "1" } },
    { freeze: "yes" },
    { reset: 1 },
    { froze: true },
    { freeze: true, set: "bad" },
    { reset: true, advance: { hours: 1 }, skew: 5 },
  ])("rejects the clock change %j as a whole", async (move) => {
    await admin("POST", "/clock", { set: "2030-01-01T00:00:00Z", skew: { minutes: 1 } });
    const { status, json } = await admin("POST", "/clock", move);
    expect([status, json.error.message]).toEqual([
      400,
      expect.stringMatching(/\b(set|advance|skew|freeze|reset|froze)\b/),
    ]);
    const { time, frozen, skewInMs } = (await admin("GET", "/clock")).json;
    expect({ year: time.slice(0, 10), frozen, skewInMs }).toEqual({
      year: "2030-01-01",
      frozen: false,
      skewInMs: 60_000,
    });
  });
});
