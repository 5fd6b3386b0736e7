import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { apiClientId, objectIdOf, type Running, start, usersOf } from "./inProcess.js";
import { createKey, type Issuer, type SigningKey, startIssuer } from "./issuer.js";

let service: Running;
afterEach(() => service?.stop());

const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

const removeAtAcs = (id: string) =>
  fetch(`${service.emulator.url}/_emulator/users/${encodeURIComponent(id)}`, { method: "DELETE" });
const alarms = () => service.log.filter(({ alarm }) => alarm !== undefined);

describe("POST /token", () => {
  it("gives each caller one ACS user, and tokens with the policy's scopes", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const first = await service.call("POST", "/token", alice);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      token: expect.any(String),
      expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      user: { communicationUserId: expect.stringMatching(/^8:acs:/) },
      scopes: ["voip"],
    });
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    const inspection = await service.emulator.service.inspectToken(first.body.token);
    expect(inspection).toMatchObject({ valid: true, userId: first.body.user.communicationUserId });
    const lifetime = Date.parse(first.body.expiresOn) - Date.now();
    expect(lifetime / 60_000).toBeGreaterThan(59);
    expect(lifetime / 60_000).toBeLessThanOrEqual(60);

    const second = await service.call("POST", "/token", alice);
    expect(second.body.user).toEqual(first.body.user);
    const bob = await service.call("POST", "/token", await service.signIn("bob"));
    expect(bob.body.user).not.toEqual(first.body.user);
    expect(usersOf(service.emulator)).toHaveLength(2);
  });

  it("hands out tokens that nobody can decode as it does others", async () => {
    service = await start((settings) => settings, { encryptedTokens: true });
    const { status, body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect(status).toBe(200);
    // A JWE has five parts, a JWT three.
    expect(body.token.split(".")).toHaveLength(5);
    expect(Date.parse(body.expiresOn)).toBeGreaterThan(Date.now());
    const inspection = await service.emulator.service.inspectToken(body.token);
    expect(inspection).toMatchObject({ valid: true, userId: body.user.communicationUserId });
  });

  it("creates one user for concurrent calls", async () => {
    service = await start();
    const { emulator } = service;
    emulator.service.failNext({ operation: "getToken", drop: "after", times: 3 });
    const alice = await service.signIn("alice");
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => service.call("POST", "/token", alice)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.user.communicationUserId)).size).toBe(1);
    expect(usersOf(emulator)).toHaveLength(1);
  });

  it("counts a creation as unanswered only if ACS may have created the user", async () => {
    service = await start();
    const { emulator, store } = service;
    const alice = await service.signIn("alice");
    const failWith = async (fault: object) => {
      emulator.service.failNext({ operation: "createUser", ...fault });
      expect((await service.call("POST", "/token", alice)).body).toMatchObject({ status: 503 });
    };
    await failWith({ status: 429 });
    expect(await store.countByState()).toEqual(nothing);
    await failWith({ status: 503 });
    expect(await store.countByState()).toEqual({ ...nothing, unanswered: 1 });
    await failWith({ drop: "after" });
    expect(await store.countByState()).toEqual({ ...nothing, unanswered: 2 });
    expect(usersOf(emulator)).toHaveLength(1);
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(await store.countByState()).toEqual({ ...nothing, current: 1, unanswered: 2 });
    const created = emulator.service.requests.filter(({ operation }) => operation === "createUser");
    const lost = service.log.filter(({ msg }) => String(msg).startsWith("ACS never answered"));
    expect(lost.map(({ entry }) => entry)).toEqual(
      created.slice(1, 3).map(({ headers }) => headers["x-ms-client-request-id"]),
    );
  });

  it("replaces a user that ACS no longer has", async () => {
    service = await start();
    const { emulator, store } = service;
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    const bob = await service.call("POST", "/token", await service.signIn("bob"));
    await removeAtAcs(body.user.communicationUserId);
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => service.call("POST", "/token", alice)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const users = [bob, ...replies].map((reply) => reply.body.user.communicationUserId);
    expect(new Set(usersOf(emulator))).toEqual(new Set(users));
    expect(await store.countByState(), "asked for again before it is dropped").toEqual({
      ...nothing,
      current: 2,
      deleting: 1,
    });
  });

  it("keeps a user that ACS doesn't know, unless another user shows that it is the right resource", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    await removeAtAcs(body.user.communicationUserId);
    expect((await service.call("POST", "/token", alice)).status).toBe(500);
    expect((await service.call("POST", "/revoke", alice)).status).toBe(500);
    expect(alarms()).toMatchObject([{ alarm: "user" }, { alarm: "user" }]);
    expect(await service.store.countByState()).toEqual({ ...nothing, current: 1 });
    // The caller can leave the user behind. Its entry stays until ACS has certainly no such user.
    expect((await service.call("DELETE", "/user", alice)).status).toBe(500);
    expect(await service.store.countByState()).toEqual({ ...nothing, deleting: 1 });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.countByState()).toEqual(nothing);
  });

  it("takes scopes only from the policy", async () => {
    service = await start((settings) => ({
      ...settings,
      policy: [
        { claim: "scp", value: "calls.make", scopes: ["voip"] },
        { claim: "scp", value: "chats.read", scopes: ["chat", "voip"] },
      ],
    }));
    const permitted = async (...scopes: string[]) => {
      const scope = scopes.map((name) => `${apiClientId}/${name}`).join(" ");
      const { status, body } = await service.call("POST", "/token", await service.signIn("alice", { scope }));
      return body.scopes ?? `${status} ${body.code}`;
    };
    expect(await permitted("calls.make")).toEqual(["voip"]);
    expect(await permitted("calls.make", "chats.read")).toEqual(["voip", "chat"]);
    expect(await permitted("nothing")).toBe("403 no-scope");
    const { body } = await service.call("POST", "/token?scopes=chat", await service.signIn("alice"), {
      "Content-Type": "application/json",
    });
    expect(body.code).toBe("no-scope");
  });
});

describe("POST /token/teams", () => {
  it("exchanges only the Teams user's own token", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const ask = (token: string) =>
      service.call("POST", "/token/teams", alice, { "Teams-User-Aad-Token": token });
    const of = (name: string, expiresInMinutes = 60) =>
      service.emulator.service.createTeamsUserToken({
        appId: apiClientId,
        userId: objectIdOf(name),
        expiresInMinutes,
      });
    const good = await ask(await of("alice"));
    expect(good.status).toBe(200);
    expect(await service.emulator.service.inspectToken(good.body.token)).toMatchObject({
      valid: true,
      userId: `8:orgid:${objectIdOf("alice")}`,
    });
    expect((await ask(await of("bob"))).body).toMatchObject({ status: 403, code: "teams-token-of-another" });
    expect((await ask(await of("alice", -5))).body).toMatchObject({
      status: 400,
      code: "teams-token-refused",
    });
    expect((await ask("nonsense")).body).toMatchObject({ status: 400, code: "teams-token-refused" });
    service.emulator.service.entra.setUser({
      objectId: objectIdOf("alice"),
      username: "alice@example.com",
      hasTeamsLicense: false,
    });
    expect((await ask(await of("alice"))).body).toMatchObject({ status: 403, code: "teams-not-permitted" });
    expect((await service.call("POST", "/token/teams", alice)).body.code).toBe("no-teams-token");
    expect(alarms()).toEqual([]);
  });

  it("returns 403 without a Teams application", async () => {
    service = await start((settings) => ({ ...settings, teamsClientId: undefined }));
    const reply = await service.call("POST", "/token/teams", await service.signIn("alice"));
    expect(reply.body).toMatchObject({ status: 403, code: "no-teams" });
  });
});

describe("POST /revoke and DELETE /user", () => {
  it("refuse a deletion while a creation may still succeed", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    service.emulator.service.failNext({ operation: "createUser", delayInMs: 1_000 });
    const created = service.call("POST", "/token", alice);
    await expect.poll(() => service.store.countByState()).toEqual({ ...nothing, creating: 1 });
    const refused = await service.call("DELETE", "/user", alice);
    expect(refused.body).toMatchObject({ status: 503, code: "creation-in-progress" });
    expect(Number(refused.headers.get("Retry-After"))).toBeOneOf([8, 9, 10]);
    expect((await created).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.countByState()).toEqual(nothing);
  });

  it("invalidate the tokens that were issued", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const inspect = async (token: string) => service.emulator.service.inspectToken(token);
    const { body } = await service.call("POST", "/token", alice);
    expect((await service.call("POST", "/revoke", alice)).status).toBe(204);
    expect(await inspect(body.token)).toMatchObject({ problem: "revoked" });
    const after = await service.call("POST", "/token", alice);
    expect(after.body.user).toEqual(body.user);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await inspect(after.body.token)).toMatchObject({ problem: "userDeleted" });
    expect(usersOf(service.emulator)).toEqual([]);
    expect((await service.call("DELETE", "/user", alice)).status, "twice").toBe(204);
    expect((await service.call("POST", "/revoke", alice)).status, "without a user").toBe(204);
  });

  it("are for callers whom the policy permits something", async () => {
    service = await start();
    const idToken = await service.signIn("alice", { scope: `${apiClientId}/other` });
    for (const [method, path] of [
      ["POST", "/revoke"],
      ["DELETE", "/user"],
    ] as const) {
      expect((await service.call(method, path, idToken)).body).toMatchObject({
        status: 403,
        code: "no-scope",
      });
    }
  });

  it("finish a deletion that failed halfway", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ operation: "deleteUser", status: 503, times: 3 });
    const failed = await service.call("DELETE", "/user", alice);
    expect(failed.body).toMatchObject({ status: 503, code: "unavailable" });
    expect(failed.headers.get("Retry-After")).toBe("5");
    const next = await service.call("POST", "/token", alice);
    expect(next.body.user, "a deletion can't be undone").not.toEqual(body.user);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(usersOf(service.emulator)).toEqual([]);
  });
});

describe("a sign-in", () => {
  const refusalOf = async (token: string | undefined) => {
    const { status, body, headers } = await service.call("POST", "/token", token);
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(headers.get("Content-Type")).toMatch("application/problem+json");
    return body.detail;
  };

  it("is accepted only from this issuer, for this service, and before it expires", async () => {
    service = await start();
    expect(await refusalOf(undefined)).toMatch(/^Send Authorization/);
    expect(await refusalOf("a.b.c")).toMatch(/isn't a signed JWT/);
    expect(await refusalOf(await service.signIn("alice", { expiresInMinutes: -5 }))).toMatch(/has expired/);
    const elsewhere = "00ac5000-0000-4000-8000-0000000000ff/access_as_user";
    expect(await refusalOf(await service.signIn("alice", { scope: elsewhere }))).toMatch(/aud doesn't fit/);
    const tenantId = "00ac5000-0000-4000-8000-00000000000b";
    expect(await refusalOf(await service.signIn("alice", { tenantId }))).toMatch(/its issuer isn't one/);
    const { privateKey } = await generateKeyPair("RS256");
    const forged = (alg: string) =>
      new SignJWT({ oid: objectIdOf("alice"), scp: "access_as_user" })
        .setProtectedHeader({ alg })
        .setIssuer(`${service.emulator.url}/${service.emulator.service.entra.tenantId}/v2.0`)
        .setAudience(apiClientId)
        .setExpirationTime("1h");
    expect(await refusalOf(await forged("RS256").sign(privateKey))).toMatch(/issuer didn't sign it/);
    const hmac = await forged("HS256").sign(new TextEncoder().encode("x".repeat(32)));
    expect(await refusalOf(hmac)).toMatch(/isn't a signed JWT that is accepted here/);
    expect(usersOf(service.emulator)).toEqual([]);
  });

  it("can come from any listed tenant, and callers of different tenants are kept apart", async () => {
    const [one, two, three] = ["1", "2", "3"].map((digit) => `00ac5000-0000-4000-8000-00000000000${digit}`);
    service = await start((settings, emulator) => ({
      ...settings,
      signIn: {
        ...settings.signIn,
        issuer: `${emulator.url}/{tenantid}/v2.0`,
        jwksUrl: `${emulator.url}/common/discovery/v2.0/keys`,
        tenants: [one ?? "", two ?? ""],
      },
    }));
    const userIn = async (tenantId = "") => {
      const { body } = await service.call("POST", "/token", await service.signIn("alice", { tenantId }));
      expect(body).toHaveProperty("user");
      return body.user;
    };
    expect(await userIn(one)).toEqual(await userIn(one));
    expect(await userIn(one)).not.toEqual(await userIn(two));
    expect(await refusalOf(await service.signIn("alice", { tenantId: three ?? "" }))).toMatch(/its issuer/);
  });

  it("needs a key that is valid for its tenant", async () => {
    const [one, two] = ["1", "2"].map((digit) => `00ac5000-0000-4000-8000-00000000000${digit}`);
    service = await start((settings, emulator) => ({
      ...settings,
      signIn: {
        ...settings.signIn,
        issuer: `${emulator.url}/{tenantid}/v2.0`,
        jwksUrl: `${emulator.url}/${one}/discovery/v2.0/keys`,
        tenants: [one ?? "", two ?? ""],
      },
    }));
    expect(await refusalOf(await service.signIn("alice", { tenantId: two ?? "" }))).toMatch(/its issuer/);
    const { status } = await service.call(
      "POST",
      "/token",
      await service.signIn("alice", { tenantId: one ?? "" }),
    );
    expect(status).toBe(200);
  });

  describe("of an issuer with keys of its own", () => {
    let issuer: Issuer;
    afterEach(() => issuer?.close());

    async function startWith(keys: readonly SigningKey[], answer?: string): Promise<void> {
      issuer = await startIssuer(keys, answer);
      service = await start((settings) => ({
        ...settings,
        signIn: {
          ...settings.signIn,
          issuer: issuer.url,
          jwksUrl: `${issuer.url}/keys`,
          subjectClaim: "sub",
        },
      }));
    }
    const userOf = async (token: string) => {
      const { status, body } = await service.call("POST", "/token", token);
      expect(status).toBe(200);
      return body.user.communicationUserId;
    };

    it("is refused if its subject isn't well-formed text", async () => {
      const key = await createKey("one");
      await startWith([key]);
      const known = await userOf(await issuer.sign(key, "alice"));
      for (const subject of ["alice\u0000", "alice\u0085", "\u007f", "\ud800", "\udc00x", ""]) {
        expect(await refusalOf(await issuer.sign(key, subject)), JSON.stringify(subject)).toMatch(
          /claim sub/,
        );
      }
      expect(await userOf(await issuer.sign(key, "alice"))).toBe(known);
      expect(await userOf(await issuer.sign(key, "\u{1f600} Zoë"))).not.toBe(known);
      expect(usersOf(service.emulator)).toHaveLength(2);
    });

    it("may leave out which key it was signed with", async () => {
      const [one, two, other] = await Promise.all([createKey("one"), createKey("two"), createKey("other")]);
      await startWith([one, two]);
      const known = await userOf(await issuer.sign(one, "alice"));
      for (const key of [one, two]) {
        expect(await userOf(await issuer.sign({ ...key, kid: undefined }, "alice"))).toBe(known);
      }
      expect(await refusalOf(await issuer.sign({ ...other, kid: undefined }, "alice"))).toMatch(
        /didn't sign it/,
      );
      expect(await refusalOf(await issuer.sign(other, "alice"))).toMatch(/didn't sign it/);
    });

    it("is refused if it names a key that can't be used", async () => {
      const [good, bad] = await Promise.all([createKey("good"), createKey("bad")]);
      await startWith([good, { ...bad, jwk: { ...bad.jwk, n: "AQAB" } }]);
      expect(await refusalOf(await issuer.sign(bad, "alice"))).toMatch(/isn't a signed JWT/);
      await userOf(await issuer.sign(good, "alice"));
    });

    it.each(["nonsense", '{"keys":1}'])("gets a 503 if the issuer's keys are %s", async (answer) => {
      const key = await createKey("one");
      await startWith([key], answer);
      const { body } = await service.call("POST", "/token", await issuer.sign(key, "alice"));
      expect(body).toMatchObject({ status: 503, code: "sign-in-unavailable" });
    });
  });

  it("gets a 503 if the issuer's keys can't be fetched", async () => {
    service = await start((settings) => ({
      ...settings,
      signIn: { ...settings.signIn, jwksUrl: "http://127.0.0.1:9/keys" },
    }));
    const { body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect(body).toMatchObject({ status: 503, code: "sign-in-unavailable" });
  });
});

describe("a failure", () => {
  it("of the key or role returns a 500 without details, and raises an alarm", async () => {
    service = await start((settings, { url }) => ({
      ...settings,
      acs: { ...settings.acs, connectionString: `endpoint=${url};accesskey=${btoa("another key")}` },
    }));
    const { status, headers, body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect({ status, body }).toEqual({
      status: 500,
      body: {
        title: "Internal Server Error",
        status: 500,
        code: "internal",
        detail: "The service failed.",
        requestId: headers.get("X-Request-Id"),
      },
    });
    expect(headers.get("Retry-After")).toBeNull();
    expect(alarms()).toEqual([
      expect.objectContaining({
        level: 50,
        alarm: "credential",
        msg: "ACS refuses this service: a wrong key or a missing role",
        cause: expect.objectContaining({ statusCode: 401, code: "Denied" }),
        reqId: body.requestId,
      }),
    ]);
  });

  it("of a credential raises an alarm, too", async () => {
    service = await start((settings) => ({
      ...settings,
      acs: { ...settings.acs, connectionString: undefined },
    }));
    process.env.AZURE_TOKEN_CREDENTIALS = "EnvironmentCredential";
    try {
      const { body } = await service.call("POST", "/token", await service.signIn("alice"));
      expect(body).toMatchObject({ status: 500, code: "internal" });
      expect(alarms()).toMatchObject([{ alarm: "credential" }]);
    } finally {
      delete process.env.AZURE_TOKEN_CREDENTIALS;
    }
  });

  it.each([
    { fault: { status: 503 }, retryAfter: "5" },
    { fault: { status: 429, retryAfterInSeconds: 17 }, retryAfter: "17" },
    { fault: { drop: "before" as const }, retryAfter: "5" },
  ])("of ACS ($fault) returns a 503 with Retry-After", async ({ fault, retryAfter }) => {
    service = await start();
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ ...fault, times: 3, operation: "getToken" });
    const reply = await service.call("POST", "/token", alice);
    expect(reply.body).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" });
    expect(reply.headers.get("Retry-After")).toBe(retryAfter);
    expect(alarms()).toEqual([]);
  });
});

describe("limits", () => {
  it("apply to each caller", async () => {
    service = await start((settings) => ({ ...settings, callsPerMinuteAndCaller: 3 }));
    const alice = await service.signIn("alice");
    for (let call = 0; call < 3; call++)
      expect((await service.call("POST", "/token", alice)).status).toBe(200);
    const refused = await service.call("POST", "/token", alice);
    expect(refused.body).toMatchObject({ status: 429, code: "too-many-calls" });
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(50);
    expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(200);
  });

  it("apply to the resource, and leave no entries for creations that were never sent", async () => {
    service = await start((settings) => ({
      ...settings,
      acs: { ...settings.acs, shareOfLimits: 0.004 },
    }));
    const calls = Array.from({ length: 8 }, async (_, index) =>
      service.call("POST", "/token", await service.signIn(`caller ${index}`)),
    );
    const replies = await Promise.all(calls);
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(4);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 503, code: "busy" });
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(20);
    }
    const seen = service.emulator.service.requests.map(({ operation }) => operation);
    expect(seen.filter((operation) => operation === "createUser")).toHaveLength(4);
    expect(seen.filter((operation) => operation === "getToken")).toHaveLength(4);
    expect(await service.store.countByState()).toEqual({ ...nothing, current: 4 });
  });

  it("give a call back to a caller who gets a 503", async () => {
    service = await start((settings) => ({ ...settings, callsPerMinuteAndCaller: 2 }));
    const alice = await service.signIn("alice");
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    for (let attempt = 0; attempt < 3; attempt++) {
      service.emulator.service.failNext({ operation: "getToken", status: 503, times: 3 });
      await expect.poll(async () => (await service.call("POST", "/token", alice)).status).toBe(503);
    }
    await expect.poll(async () => (await service.call("POST", "/token", alice)).status).toBe(200);
    expect((await service.call("POST", "/token", alice)).status).toBe(429);
  });
});

describe("the service", () => {
  it("allows calls only from pages of the allowed origins", async () => {
    service = await start();
    const preflight = (origin: string) =>
      fetch(`${service.url}/token`, {
        method: "OPTIONS",
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "authorization",
        },
      });
    const allowed = await preflight("https://app.contoso.com");
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe("https://app.contoso.com");
    expect(allowed.headers.get("Access-Control-Allow-Headers")).toMatch("Authorization");
    expect((await preflight("https://evil.example")).headers.get("Access-Control-Allow-Origin")).toBeNull();
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
      const body = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
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
    expect(await send(`GET /token${end}`)).toBe("405 method-not-allowed");
    expect(await send(`DELETE /token${end}`)).toBe("405 method-not-allowed");
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
    expect(await send("x".repeat(2000), "text/plain")).toBe(413);
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
    const headers = { Authorization: `Bearer ${await service.signIn("alice")}` };
    service.emulator.service.failNext({ delayInMs: 60_000, operation: "createUser" });
    const call = new AbortController();
    const reply = fetch(`${service.url}/token`, { method: "POST", headers, signal: call.signal });
    await expect.poll(() => service.store.countByState()).toMatchObject({ creating: 1 });
    call.abort();
    await expect(reply).rejects.toMatchObject({ name: "AbortError" });
    await expect
      .poll(() => service.log)
      .toContainEqual(expect.objectContaining({ level: 30, msg: "The caller closed the connection" }));
    expect(service.log).not.toContainEqual(expect.objectContaining({ level: 50 }));
  });

  it("needs two round trips to the database for a token of a known user", async () => {
    const queries: string[] = [];
    service = await start(undefined, undefined, (database) => ({
      ...database,
      query: (text, values) => {
        queries.push(text);
        return database.query(text, values);
      },
    }));
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    queries.length = 0;
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(queries).toHaveLength(2);
  });

  it("refuses requests while its event loop is late", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    await expect
      .poll(async () => {
        const reply = service.call("POST", "/token", alice);
        for (let turn = 0; turn < 5; turn++) {
          const end = Date.now() + 700;
          while (Date.now() < end);
          await sleep(1);
        }
        return (await reply).body;
      })
      .toMatchObject({ status: 503, code: "busy" });
    await expect.poll(async () => (await service.call("POST", "/token", alice)).status).toBe(200);
  });

  it("ends requests whose headers or body don't arrive", async () => {
    service = await start();
    const { port } = new URL(service.url);
    const parts = [
      "POST /token HTTP/1.1\r\nHost: localhost\r\nX-Slow:",
      `POST /token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await service.signIn("alice")}\r\nContent-Length: 9\r\n\r\n{`,
    ];
    await Promise.all(
      parts.map(async (part) => {
        const socket = connect(Number(port), "127.0.0.1", () => socket.write(part));
        let answer = "";
        for await (const chunk of socket) answer += chunk;
        expect(answer).toMatch(/^HTTP\/1.1 408 /);
      }),
    );
  });

  it("logs one line for each request, with its id and without secrets", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const teamsToken = await service.emulator.service.createTeamsUserToken({
      appId: apiClientId,
      userId: objectIdOf("bob"),
    });
    const token = await service.call("POST", "/token?secret=hidden", alice, {
      "X-Request-Id": "from-the-proxy",
    });
    expect(token.headers.get("X-Request-Id")).toBe("from-the-proxy");
    await service.call("POST", "/token/teams", alice, { "Teams-User-Aad-Token": teamsToken });
    service.emulator.service.failNext({ status: 500, times: 9 });
    await service.call("POST", "/token", alice, { "X-Request-Id": "a b\u00e9" });
    const answered = service.log.filter(({ msg }) => msg === "Answered");
    expect(answered).toMatchObject([
      {
        reqId: "from-the-proxy",
        method: "POST",
        route: "/token",
        status: 200,
        durationInMs: expect.any(Number),
      },
      { route: "/token/teams", status: 403 },
      { reqId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 503 },
    ]);
    expect(new Set(answered.map(({ caller }) => caller)).size, "a pseudonym").toBe(1);
    const text = JSON.stringify(service.log);
    const secrets = [alice, teamsToken, token.body.token, service.emulator.service.accessKey, "hidden"];
    for (const secret of [...secrets, objectIdOf("alice")]) expect(text).not.toContain(secret);
  });
});
