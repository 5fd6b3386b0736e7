import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { apiClientId, objectIdOf, type Reply, type Running, send, start } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

describe("the service", () => {
  it("allows calls only from pages of the allowed origins", async () => {
    service = await start();
    const preflight = async (origin: string) => {
      const ask = { Origin: origin, "Access-Control-Request-Method": "POST" };
      const { headers } = await fetch(`${service.url}/token`, { method: "OPTIONS", headers: ask });
      return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control")));
    };
    expect(await preflight("https://app.contoso.com")).toEqual({
      "access-control-allow-origin": "https://app.contoso.com",
      "access-control-allow-methods": "POST, DELETE",
      "access-control-allow-headers": "Authorization, Content-Type, Teams-User-Aad-Token, X-Request-Id",
      "access-control-expose-headers": "Date, Retry-After, X-Request-Id",
      "access-control-max-age": "7200",
    });
    const bare = await fetch(`${service.url}/token`, { method: "OPTIONS" });
    expect([bare.status, await bare.text()], "without a preflight's headers").toEqual([204, ""]);
    expect(await preflight("https://evil.example")).not.toHaveProperty("access-control-allow-origin");
    const { headers } = await service.call("POST", "/token", undefined, {
      Origin: "https://app.contoso.com",
    });
    expect(headers.get("Access-Control-Allow-Origin")).toBe("https://app.contoso.com");
    expect(headers.get("Access-Control-Expose-Headers")).toBe("Date, Retry-After, X-Request-Id");
  });

  it("sends each kind of answer with the headers that keep it private, and an id that is safe to log", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const longest = "aZ0_.-".padEnd(64, "x");
    for (const [method, path, token, status] of [
      ["POST", "/token", alice, 200],
      ["POST", "/revoke", alice, 204],
      ["POST", "/token", undefined, 401],
      ["GET", "/nothing", undefined, 404],
      ["GET", "/token", undefined, 405],
      ["GET", "/healthz", undefined, 200],
      ["GET", "/readyz", undefined, 200],
    ] as const) {
      const reply = await service.call(method, path, token, { "X-Request-Id": longest });
      const { headers } = reply;
      expect(reply.status).toBe(status);
      expect([headers.get("Cache-Control"), headers.get("X-Content-Type-Options")]).toEqual([
        "no-store",
        "nosniff",
      ]);
      expect(headers.get("X-Request-Id")).toBe(longest);
      expect(headers.get("WWW-Authenticate")).toBe(status === 401 ? "Bearer" : null);
    }
    for (const id of [`${longest}x`, "a b", "", "a/b"]) {
      const { headers } = await service.call("GET", "/healthz", undefined, { "X-Request-Id": id });
      expect(headers.get("X-Request-Id"), id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("is healthy and ready, and has no development page or sign-in", async () => {
    service = await start();
    expect((await service.call("GET", "/healthz")).body).toEqual({ status: "ok" });
    expect((await service.call("GET", "/readyz")).body).toEqual({ status: "ready" });
    for (const path of ["/", "/page.js", "/dev/settings.json", "/dev/sign-in"]) {
      expect((await service.call("GET", path)).body, path).toMatchObject({ status: 404, code: "not-found" });
    }
  });

  it("answers what it can't serve with problem+json, too", async () => {
    service = await start();
    const send = async (head: string) => {
      const socket = connect(Number(new URL(service.url).port), "127.0.0.1", () =>
        socket.write(`${head}\r\n\r\n`),
      );
      let answer = "";
      for await (const chunk of socket) answer += chunk;
      const [, status] = /^HTTP\/1\.1 (\d+) /.exec(answer) ?? [];
      expect(answer, head).toMatch(/\r\nContent-Type: application\/problem\+json/i);
      expect(answer, head).toMatch(/\r\nConnection: close\r\n/i);
      const text = answer.slice(answer.indexOf("\r\n\r\n") + 4);
      expect(/\r\nContent-Length: (\d+)/i.exec(answer)?.[1]).toBe(String(text.length));
      const body = JSON.parse(text);
      expect(body).toMatchObject({
        status: Number(status),
        title: expect.any(String),
        requestId: expect.any(String),
      });
      return `${status} ${body.code}`;
    };
    const end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close";
    expect(await send(`GET /%ff${end}`)).toBe("400 bad-request");
    expect(await send("nonsense")).toBe("400 bad-request");
    expect(await send(`POST /token${end}\r\nX-Large: ${"x".repeat(20_000)}`)).toBe("431 bad-request");
    expect(await send(`GET /token?x=1${end}`)).toBe("405 method-not-allowed");
    expect(await send(`DELETE /token${end}`)).toBe("405 method-not-allowed");
    for (const [status, code] of [
      [400, "bad-request"],
      [431, "bad-request"],
      [405, "method-not-allowed"],
    ] as const) {
      expect(measurements).toContain(`token_service.failures 1 ${JSON.stringify({ code, status })}`);
    }
    const { headers } = await service.call("POST", "/user");
    expect(headers.get("Allow")).toBe("DELETE");
  });

  it("ignores bodies, and refuses large ones", async () => {
    service = await start();
    const send = async (body: string, type: string) => {
      const headers = { Authorization: `Bearer ${await service.signIn("alice")}`, "Content-Type": type };
      const response = await fetch(`${service.url}/token`, { method: "POST", headers, body });
      return response.status;
    };
    expect(await send("{}", "application/json")).toBe(200);
    expect(await send("nonsense", "application/json")).toBe(200);
    expect(await send("x".repeat(1024), "text/plain")).toBe(200);
    expect(await send("x".repeat(1025), "text/plain")).toBe(413);
  });

  it("logs why it can't serve a request, which may have a body", async () => {
    service = await start();
    const headers = {
      Authorization: `Bearer ${await service.signIn("alice")}`,
      "Content-Type": "application/json",
    };
    service.emulator.service.failNext({ status: 503, times: 9 });
    const { status } = await fetch(`${service.url}/token`, { method: "POST", headers, body: "{}" });
    expect(status).toBe(503);
    expect(service.log).toContainEqual(
      expect.objectContaining({ level: 50, code: "unavailable", cause: expect.anything() }),
    );
  });

  it("logs no failure if the caller closes the connection", async () => {
    service = await start();
    service.emulator.service.failNext({ delayInMs: 60_000, operation: "createUser" });
    const hangUp = send(service.url, await service.signIn("alice"));
    await expect.poll(() => service.store.ledger.countByState()).toMatchObject({ creating: 1 });
    hangUp();
    await expect
      .poll(() => service.log)
      .toContainEqual(expect.objectContaining({ level: 30, msg: "The caller closed the connection" }));
    expect(service.log).not.toContainEqual(expect.objectContaining({ level: 50 }));
  });

  // The queries: one to admit the caller, one for a permit, and one that looks for an offboarding in the meantime.
  it("needs three round trips to the database for a token of a known user", async () => {
    const queries: string[] = [];
    service = await start(undefined, {
      wrap: (database) => ({
        ...database,
        query: (text, values) => {
          queries.push(text);
          return database.query(text, values);
        },
      }),
    });
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    queries.length = 0;
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(queries).toHaveLength(3);
  });

  it("refuses requests while its event loop is late", async () => {
    vi.stubGlobal("measuresEventLoop", true);
    onTestFinished(() => void vi.unstubAllGlobals());
    service = await start();
    const alice = await service.signIn("alice");
    let reply: Promise<Reply> | undefined;
    let isAnswered = false;
    for (let turn = 1; !isAnswered; turn++) {
      const end = Date.now() + 700;
      while (Date.now() < end);
      await sleep(1);
      // By then the service has noticed that its event loop is late.
      if (turn === 3) {
        reply = service.call("POST", "/token", alice).finally(() => {
          isAnswered = true;
        });
      }
    }
    expect((await reply)?.body).toMatchObject({ status: 503, code: "busy" });
    await expect.poll(async () => (await service.call("POST", "/token", alice)).status).toBe(200);
  });

  it("logs one line for each request but health checks, with its id and without secrets", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const teamsToken = await service.emulator.service.createTeamsUserToken({
      clientId: apiClientId,
      userObjectId: objectIdOf("bob"),
    });
    const token = await service.call("POST", "/token?secret=hidden", alice, {
      "X-Request-Id": "from-the-proxy",
    });
    expect(token.headers.get("X-Request-Id")).toBe("from-the-proxy");
    service.emulator.service.failNext({ operation: "getTokenForTeamsUser", delayInMs: 110 });
    await service.call("POST", "/token/teams", alice, { "Teams-User-Aad-Token": teamsToken });
    service.emulator.service.failNext({ status: 500, times: 9 });
    await service.call("POST", "/token", alice, { "X-Request-Id": "a b\u00e9" });
    await service.call("GET", "/healthz");
    await service.call("GET", "/nothing/hidden");
    await service.call("POST", "/token");
    const answered = service.log.filter(({ msg }) => msg === "Answered");
    expect(answered).toMatchObject([
      {
        reqId: "from-the-proxy",
        method: "POST",
        route: "/token",
        status: 200,
        durationInMs: expect.any(Number),
        caller: expect.stringMatching(/^[\w-]{22}$/),
      },
      { route: "/token/teams", status: 403, caller: answered[0]?.caller },
      { reqId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 503, caller: answered[0]?.caller },
      { method: "GET", route: "none", status: 404 },
      { route: "/token", status: 401 },
    ]);
    expect(answered[1]?.durationInMs).toBeGreaterThanOrEqual(100);
    expect(service.log).toContainEqual(
      expect.objectContaining({
        level: 30,
        code: "teams-token-of-another",
        cause: expect.objectContaining({ statusCode: 400, requestId: expect.any(String) }),
      }),
    );
    const text = JSON.stringify(service.log);
    const secrets = [alice, teamsToken, token.body.token, service.emulator.service.accessKey, "hidden"];
    for (const secret of [...secrets, objectIdOf("alice")]) expect(text).not.toContain(secret);
  });
});
