import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminRefusal } from "../../../src/emulator/hostGuards.js";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { send } from "../../helpers/emulator/http.js";
import { exchange, statusesIn } from "../../helpers/emulator/rawSocket.js";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ allowedHosts: ["login.example"] });
});
afterAll(() => emulator.close());

describe("the admin API", () => {
  it.each([
    ["127.0.0.1", {}],
    ["192.168.7.1:80", {}],
    ["[::1]", {}],
    ["[2001:db8::1]:7311", {}],
    ["localhost:7311", {}],
    ["LOCALHOST", {}],
    ["acs.localhost", {}],
    ["localhost:7311", { origin: "http://localhost:7311", "sec-fetch-site": "same-origin" }],
    ["127.0.0.1", { "sec-fetch-site": "none", "user-agent": "Mozilla/5.0" }],
  ])("accepts the host %s, with the headers %j", async (host, headers) => {
    const given = { headers: { host, ...headers } };
    expect((await send(emulator.url, "GET", "/_emulator/info", given)).status).toBe(200);
  });

  const targets = [
    "/_emulator/users",
    "http://127.0.0.1/_emulator/users",
    "http://evil.example/_emulator/users",
    "//_emulator/users",
    "/_emulator//users",
    "/./_emulator/users",
    "/x/../_emulator/users",
    "/%5femulator/users",
    "/_emulator%2fusers",
    "/_EMULATOR/users",
    "/_emulator/users;x",
    "/_emulator/users?x=1#y",
  ];
  const foreign = [
    ["Host: login.example"],
    ["Host: evil.example"],
    ["Host: evil.example:80"],
    ["Host: 127.0.0.1.evil.example"],
    ["Host: 127.0.0.1@evil.example"],
    ["Host: evil.example#127.0.0.1"],
    ["Host: evil.example/127.0.0.1"],
    ["Host: evil.example?127.0.0.1"],
    ["Host: localhost.evil.example"],
    ["Host:"],
    ["Host: evil.example", "Host: 127.0.0.1"],
    ["Host: evil.example", "X-Forwarded-Host: 127.0.0.1", "Forwarded: host=127.0.0.1"],
    ["Host: 127.0.0.1", "Origin: https://evil.example"],
    ["Host: 127.0.0.1", "Origin: null"],
    ["Host: 127.0.0.1", "Origin:"],
    ["Host: 127.0.0.1", "Origin: http://127.0.0.1", "Origin: https://evil.example"],
    ["Host: 127.0.0.1", "Origin: https://127.0.0.1"],
    ["Host: 127.0.0.1", "Origin: http://127.0.0.1:1"],
    ["Host: 127.0.0.1", "Sec-Fetch-Site: cross-site"],
    ["Host: 127.0.0.1", "Sec-Fetch-Site: same-site"],
  ];

  it.each(foreign.map((headers) => [headers.join(", "), headers] as const))(
    "refuses another host or origin, however the target is written: %s",
    async (_, headers) => {
      const user = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_marker";
      const body = JSON.stringify({ id: user });
      for (const target of targets) {
        const head = [
          `POST ${target} HTTP/1.1`,
          ...headers,
          "Connection: close",
          `Content-Length: ${body.length}`,
        ];
        const [status = 0] = statusesIn(await exchange(emulator.url, `${head.join("\r\n")}\r\n\r\n${body}`));
        expect(target === targets[0] ? [400, 403] : [0, 400, 401, 403, 404, 405]).toContain(status);
        expect(emulator.service.users).toEqual([]);
      }
    },
  );
});

const head = { method: "GET", target: "/", scheme: "http", read: async () => new Uint8Array() } as const;

describe("a host name", () => {
  it("of a stranger in a target that is a URL gets nothing", async () => {
    const { host } = new URL(emulator.url);
    for (const target of [
      "http://evil.example/_emulator/info",
      "HTTP://evil.example/",
      "https://evil.example/common/oauth2/v2.0/token",
    ]) {
      const response = await exchange(
        emulator.url,
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusesIn(response)).toEqual([403]);
    }
  });

  const refusals = (host: string, ownHosts: readonly string[]) =>
    ownHosts.map((own) => adminRefusal({ ...head, host, headers: new Map() }, own));
  const forOthers = ["0.0.0.0", "::", "192.168.7.1"];
  const forThisMachine = ["127.0.0.1", "127.0.0.2", "::1", "localhost"];

  it.each([
    "emulator",
    "my_emulator",
    "emulator.app_default",
    "emulator.internal",
    "emulator.test",
    "nas.home.arpa",
    "emulator.default.svc.cluster.local",
  ])("that no public name server knows is accepted if --host is for other machines: %s", (host) => {
    expect(refusals(host, [...forOthers, host.toUpperCase()])).toEqual(Array(4).fill(undefined));
    expect(refusals(host, forThisMachine)).not.toContain(undefined);
  });

  it.each(["host.docker.internal", "host.containers.internal"])(
    "by which containers know this machine is accepted: %s",
    (host) => expect(refusals(host, [...forOthers, ...forThisMachine])).toEqual(Array(7).fill(undefined)),
  );

  it.each([
    "evil.example",
    "internal.evil.example",
    "evil.eviltest",
    "home.arpa.evil.example",
    // A stranger may own such a name.
    "app_default.evil.example",
  ])(
    "that a stranger may own is accepted as that of --host alone, and the refusal says what to do: %s",
    (host) => {
      expect(refusals(host, [host.toUpperCase()])).toEqual([undefined]);
      const reason = `The Host "${host}" isn't this emulator's. Use localhost, an IP address, host.docker.internal or`;
      const refused = expect.stringContaining(reason);
      expect(refusals(host, [...forOthers, ...forThisMachine])).toEqual(Array(7).fill(refused));
    },
  );

  it("of a stranger is refused by sign-in, too, which says what to do", async () => {
    const given = { headers: { host: "evil.example" } };
    for (const path of ["/_emulator/info", "/common/oauth2/v2.0/authorize", "/common/oauth2/v2.0/token"]) {
      const { status, text } = await send(emulator.url, "GET", path, given);
      expect({ status, text }).toEqual({ status: 403, text: expect.stringContaining("--allow-host lets") });
    }
  });

  it.each([
    [{ "user-agent": "Mozilla/5.0 (X11)" }, "a browser may have sent"],
    [{ "sec-fetch-site": "same-origin" }, "a browser may have sent"],
    [{ origin: "http://emulator" }, "a browser may have sent"],
    // As Node's fetch sends it.
    [{ "user-agent": "node", "sec-fetch-mode": "cors" }, undefined],
  ])("may be private only if no browser can have sent the request: %j", (sent, refusal) => {
    const headers = new Map<string, string>(Object.entries(sent));
    const refused = (host: string, ownHost: string) => adminRefusal({ ...head, host, headers }, ownHost);
    for (const [host, ownHost] of [
      ["emulator", "0.0.0.0"],
      ["emulator.internal", "0.0.0.0"],
      ["host.docker.internal", "127.0.0.1"],
    ] as const) {
      expect(refused(host, ownHost)).toEqual(refusal && expect.stringContaining(refusal));
    }
    expect(refused("emulator", "Emulator")).toBeUndefined();
  });

  it.each([
    ["emulator.test", "Emulator.test"],
    ["EMULATOR.test", "emulator.test"],
  ])("is the same in any case: %s for --host %s", (host, ownHost) => {
    const headers = new Map([["origin", "http://emulator.test"]]);
    expect(adminRefusal({ ...head, host, headers }, ownHost)).toBeUndefined();
  });
});
