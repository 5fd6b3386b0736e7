import { generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAuthenticate } from "../src/authenticate.js";
import type { Settings } from "../src/settings.js";
import { apiClientId, objectIdOf, type Running, start, userIds } from "./inProcess.js";
import { createKey, type Issuer, type SigningKey, startIssuer } from "./issuer.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

describe("a sign-in", () => {
  const expectRefusal = async (token: string | undefined) => {
    const { status, body, headers } = await service.call("POST", "/token", token);
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(headers.get("Content-Type")).toMatch("application/problem+json");
    expect(body.code).toBe(token === undefined ? "not-signed-in" : "sign-in-refused");
    return body.detail;
  };

  it("is accepted only from this issuer, for this service, and before it expires", async () => {
    service = await start();
    expect(await expectRefusal(undefined)).toMatch(/^Send Authorization/);
    expect(await expectRefusal("a.b.c")).toMatch(/isn't a signed JWT/);
    expect(await expectRefusal(await service.signIn("alice", { expiresInMinutes: -5 }))).toMatch(
      /has expired/,
    );
    const elsewhere = "00ac5000-0000-4000-8000-0000000000ff/access_as_user";
    expect(await expectRefusal(await service.signIn("alice", { scope: elsewhere }))).toMatch(
      /aud doesn't fit/,
    );
    const tenantId = "00ac5000-0000-4000-8000-00000000000b";
    expect(await expectRefusal(await service.signIn("alice", { tenantId }))).toMatch(/its issuer isn't one/);
    const { privateKey } = await generateKeyPair("RS256");
    const forged = (alg: string) =>
      new SignJWT({ oid: objectIdOf("alice"), scp: "access_as_user" })
        .setProtectedHeader({ alg })
        .setIssuer(`${service.emulator.url}/${service.emulator.service.entra.tenantId}/v2.0`)
        .setAudience(apiClientId)
        .setExpirationTime("1h");
    expect(await expectRefusal(await forged("RS256").sign(privateKey))).toMatch(/issuer didn't sign it/);
    const hmac = await forged("HS256").sign(new TextEncoder().encode("x".repeat(32)));
    expect(await expectRefusal(hmac)).toMatch(/isn't a signed JWT that is accepted here/);
    const alice = await service.signIn("alice");
    const send = (Authorization: string) => service.call("POST", "/token", undefined, { Authorization });
    for (const other of [alice, `Basic ${alice}`, `Bearer ${alice} x`, "Bearer"]) {
      expect((await send(other)).body, other).toMatchObject({ status: 401, code: "not-signed-in" });
    }
    expect(userIds(service.emulator)).toEqual([]);
    expect((await send(`bearer ${alice}`)).status).toBe(200);
  });

  const refusalsFor = (reason: string) =>
    measurements.filter((line) => line === `token_service.sign_in_refusals 1 {"reason":"${reason}"}`).length;
  const warnings = () => service.log.filter(({ level, reason }) => level === 40 && reason !== undefined);

  describe("that is refused", () => {
    it.each<[string, Record<string, string>, string | undefined]>([
      ["audience", { TOKEN_AUDIENCE: "elsewhere" }, `it is "${apiClientId}"`],
      ["issuer", { TOKEN_ISSUER: "https://login.contoso.com" }, 'it is "http://127.0.0.1:'],
      ["subject", { TOKEN_SUBJECT_CLAIM: "employee" }, undefined],
    ])(
      "for the service's own %s is counted, and one warning names the setting",
      async (reason, settings, found) => {
        service = await start(settings);
        for (const name of ["alice", "bob", "carol"]) await expectRefusal(await service.signIn(name));
        expect(refusalsFor(reason)).toBe(3);
        const [setting = ""] = Object.keys(settings);
        expect(warnings()).toMatchObject([{ reason, times: 1, msg: expect.stringContaining(setting) }]);
        if (found) expect(warnings()[0]?.cause).toMatchObject({ message: expect.stringContaining(found) });
      },
    );

    it("for what a stranger can make up is counted without a warning", async () => {
      service = await start();
      const expired = await service.signIn("alice", { expiresInMinutes: -5 });
      const [header, claims] = expired.split(".");
      for (const token of [expired, "a.b.c", `${header}.${claims}.AAAA`]) await expectRefusal(token);
      expect(["expired", "unreadable", "signature"].map(refusalsFor)).toEqual([1, 1, 1]);
      expect(warnings()).toEqual([]);
    });
  });

  it("can come from any listed tenant, and callers of different tenants are kept apart", async () => {
    const [one, two, three] = ["1", "2", "3"].map((digit) => `00ac5000-0000-4000-8000-00000000000${digit}`);
    service = await start(({ url }) => ({
      TOKEN_ISSUER: `${url}/{tenantid}/v2.0`,
      TOKEN_JWKS_URL: `${url}/common/discovery/v2.0/keys`,
      TOKEN_TENANTS: `${one},${two}`,
    }));
    const userIn = async (tenantId = "") => {
      const { body } = await service.call("POST", "/token", await service.signIn("alice", { tenantId }));
      expect(body).toHaveProperty("user");
      return body.user;
    };
    // Both users are created at the same time.
    const users = await Promise.all([userIn(one), userIn(two)]);
    expect(users[0]).not.toEqual(users[1]);
    expect(await Promise.all([userIn(one), userIn(two)])).toEqual(users);
    expect(await expectRefusal(await service.signIn("alice", { tenantId: three ?? "" }))).toMatch(
      /its issuer/,
    );
  });

  describe("of an issuer with keys of its own", () => {
    let issuer: Issuer;
    afterEach(() => {
      vi.restoreAllMocks();
      issuer?.close();
      issuer = undefined as unknown as Issuer;
    });

    async function startWith(keys: readonly SigningKey[], isReady = true): Promise<void> {
      issuer ??= await startIssuer(keys);
      const { url } = issuer;
      const settings = { TOKEN_ISSUER: url, TOKEN_JWKS_URL: `${url}/keys`, TOKEN_SUBJECT_CLAIM: "sub" };
      service = await start(settings, { isReady });
    }
    const requestUserId = async (token: string) => {
      const { status, body } = await service.call("POST", "/token", token);
      expect(status).toBe(200);
      return body.user.communicationUserId;
    };

    it("is refused if its subject isn't well-formed text", async () => {
      const key = await createKey("one");
      await startWith([key]);
      const known = await requestUserId(await issuer.sign(key, "alice"));
      for (const subject of ["alice\u0000", "alice\u0085", "\u007f", "\ud800", "\udc00x", ""]) {
        expect(await expectRefusal(await issuer.sign(key, subject)), JSON.stringify(subject)).toMatch(
          /claim sub/,
        );
      }
      expect(await requestUserId(await issuer.sign(key, "alice"))).toBe(known);
      expect(await requestUserId(await issuer.sign(key, "\u{1f600} Zoë"))).not.toBe(known);
      expect(userIds(service.emulator)).toHaveLength(2);
    });

    it("is refused if a claim is longer or of another kind than any issuer's", async () => {
      const key = await createKey("one");
      await startWith([key]);
      await requestUserId(await issuer.sign(key, "a".repeat(255)));
      expect(await expectRefusal(await issuer.sign(key, "a".repeat(256)))).toMatch(
        /more than 255 characters/,
      );
      const severalIssuers = { iss: [issuer.url] } as object as JWTPayload;
      expect(await expectRefusal(await issuer.sign(key, "alice", "1h", severalIssuers))).toMatch(
        /its issuer isn't one/,
      );
      expect(await expectRefusal(await issuer.sign(key, "alice", "", { exp: 1e30 }))).toMatch(
        /exp isn't a time/,
      );
    });

    it("may be signed with each usual algorithm, must expire, and is accepted for another minute", async () => {
      const usual = ["RS256", "PS256", "ES256", "EdDSA"];
      const keys = await Promise.all([...usual, "RS512"].map((alg) => createKey(alg, alg)));
      await startWith(keys);
      const other = keys.pop() as SigningKey;
      expect(await expectRefusal(await issuer.sign(other, "alice"))).toMatch(
        /isn't a signed JWT that is accepted/,
      );
      for (const key of keys) {
        await requestUserId(await issuer.sign(key, "alice", "-40s"));
        expect(await expectRefusal(await issuer.sign(key, "alice", "-61s"))).toMatch(/has expired/);
        expect(await expectRefusal(await issuer.sign(key, "alice", ""))).toMatch(/the claim exp doesn't fit/);
      }
    });

    it("without an object id can't get a Teams user's token", async () => {
      const key = await createKey("one");
      await startWith([key]);
      const headers = { "Teams-User-Aad-Token": "token" };
      const { body } = await service.call("POST", "/token/teams", await issuer.sign(key, "alice"), headers);
      expect(body).toMatchObject({ status: 403, code: "no-object-id" });
    });

    it("may leave out which key it was signed with", async () => {
      const [one, two, other] = await Promise.all([createKey("one"), createKey("two"), createKey("other")]);
      await startWith([one, two]);
      const known = await requestUserId(await issuer.sign(one, "alice"));
      for (const key of [one, two]) {
        expect(await requestUserId(await issuer.sign({ ...key, kid: undefined }, "alice"))).toBe(known);
      }
      expect(await expectRefusal(await issuer.sign({ ...other, kid: undefined }, "alice"))).toMatch(
        /didn't sign it/,
      );
      const { body } = await service.call("POST", "/token", await issuer.sign(other, "alice"));
      expect(body, "perhaps a newer one").toMatchObject({ status: 503, code: "unknown-key" });
      const expired = await issuer.sign({ ...two, kid: undefined }, "alice", "-1h");
      expect(await expectRefusal(expired)).toMatch(/it has expired/);
    });

    it("needs a key that is valid for its tenant, whether it names one or not", async () => {
      const ids = ["1", "2"].map((digit) => `00ac5000-0000-4000-8000-00000000000${digit}`);
      const issuerOf = (tenantId?: string) => `https://login.contoso.com/${tenantId}/v2.0`;
      const [own, other] = await Promise.all([createKey("own"), createKey("other")]);
      const keys = [own, other].map((key, index) => ({
        ...key,
        jwk: { ...key.jwk, issuer: issuerOf(ids[index]) },
      }));
      issuer = await startIssuer(keys);
      service = await start({
        TOKEN_ISSUER: issuerOf("{tenantid}"),
        TOKEN_JWKS_URL: issuer.url,
        TOKEN_TENANTS: ids.join(),
      });
      const claims = { iss: issuerOf(ids[0]), tid: ids[0], oid: "alice" };
      await requestUserId(await issuer.sign(own, "alice", "1h", claims));
      for (const key of [other, { ...other, kid: undefined }]) {
        expect(await expectRefusal(await issuer.sign(key, "alice", "1h", claims))).toMatch(
          /its issuer isn't one/,
        );
      }
      expect(warnings()[0]?.cause).toMatchObject({
        message: `it is "${claims.iss}", but the key of TOKEN_JWKS_URL is for another one`,
      });
    });

    it("is refused if it names a key that can't be used", async () => {
      const [good, bad] = await Promise.all([createKey("good"), createKey("bad")]);
      await startWith([good, { ...bad, jwk: { ...bad.jwk, n: "AQAB" } }]);
      expect(await expectRefusal(await issuer.sign(bad, "alice"))).toMatch(/isn't a signed JWT/);
      await requestUserId(await issuer.sign(good, "alice"));
    });

    it.each(["nonsense", '{"keys":1}', ""])(
      "is waited for at the start if its keys are '%s'",
      async (answer) => {
        const key = await createKey("one");
        issuer = await startIssuer([key]);
        issuer.answer = answer;
        await startWith([key], false);
        const { body, headers } = await service.call("POST", "/token", await issuer.sign(key, "alice"));
        expect(body).toMatchObject({ status: 503, code: "starting" });
        expect(headers.get("Retry-After")).toBe("5");
        expect((await service.call("GET", "/readyz")).status).toBe(503);
        issuer.answer = undefined;
        // For five seconds nobody asks for the keys again.
        const later = performance.now() + 6_000;
        vi.spyOn(performance, "now").mockImplementation(() => later);
        await expect.poll(async () => (await service.call("GET", "/readyz")).status).toBe(200);
        await requestUserId(await issuer.sign(key, "alice"));
      },
    );

    it("is still accepted if the keys are old and can't be refreshed", async () => {
      const key = await createKey("one");
      await startWith([key]);
      const known = await requestUserId(await issuer.sign(key, "alice"));
      issuer.answer = "nonsense";
      const old = Date.now() + 86_400_000;
      vi.spyOn(Date, "now").mockImplementation(() => old);
      const token = await issuer.sign(key, "alice", "2d");
      expect(await requestUserId(token)).toBe(known);
    });

    it("with a key that is new makes the service ask for the keys at once, but not for each call", async () => {
      const [one, two, other] = await Promise.all([createKey("one"), createKey("two"), createKey("other")]);
      const keys = [one];
      issuer = await startIssuer(keys);
      await startWith(keys);
      await requestUserId(await issuer.sign(one, "alice"));
      // The keys were fetched at the start, so that for five seconds nobody asks again.
      const now = performance.now();
      const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 6_000);
      keys.push(two);
      const before = issuer.requests;
      await requestUserId(await issuer.sign(two, "alice"));
      clock.mockImplementation(() => now + 6_001);
      for (let call = 0; call < 5; call++) {
        const { body } = await service.call("POST", "/token", await issuer.sign(other, "alice"));
        expect(body, "perhaps a newer one").toMatchObject({ status: 503, code: "unknown-key" });
        const strangers = [{ aud: "another" }, { iss: "https://other.example" }];
        for (const claims of strangers) {
          expect(await expectRefusal(await issuer.sign(other, "alice", "1h", claims))).toMatch(
            /didn't sign it/,
          );
        }
      }
      expect(issuer.requests).toBe(before + 1);
      clock.mockImplementation(() => now + 12_000);
      expect(await expectRefusal(await issuer.sign(other, "alice"))).toMatch(/didn't sign it/);
      expect(issuer.requests).toBe(before + 2);
      issuer.answer = '{"keys":[]}';
      clock.mockImplementation(() => now + 18_000);
      const { body } = await service.call("POST", "/token", await issuer.sign(other, "alice"));
      expect(body, "no keys at all").toMatchObject({ status: 503, code: "sign-in-unavailable" });
      await requestUserId(await issuer.sign(two, "alice"));
      const { timeout } = AbortSignal;
      vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) =>
        timeout.call(AbortSignal, ms === 5_000 ? 50 : ms),
      );
      issuer.status = 503;
      for (const [index, answer] of ['{"keys":[]}', "nonsense", '{"keys":1}', "hanging"].entries()) {
        issuer.answer = answer;
        for (const later of [0, 0, 4_999]) {
          clock.mockImplementation(() => now + 24_000 + index * 6_000 + later);
          const { body } = await service.call("POST", "/token", await issuer.sign(other, "alice"));
          expect(body, answer).toMatchObject({ status: 503, code: "sign-in-unavailable" });
        }
        expect(issuer.requests).toBe(before + 4 + index);
        issuer.status = 200;
      }
    });

    it.each<[string, number, string, JWTPayload, RegExp]>([
      ["not valid yet", 20, "2h", { nbf: Math.floor(Date.now() / 1000) + 1_200 }, /-1[12]\d\d s ahead/],
      ["expired already", -120, "-1h", {}, /7[12]\d\d s ahead/],
    ])("that is %s by a wrong clock is one warning", async (_, minutes, expiresIn, claims, says) => {
      const key = await createKey("one");
      issuer = await startIssuer([key]);
      issuer.aheadInMs = minutes * 60_000;
      await startWith([key]);
      const token = await issuer.sign(key, "alice", expiresIn, claims);
      for (let call = 0; call < 3; call++) await expectRefusal(token);
      expect(refusalsFor("clock")).toBe(3);
      expect(warnings()).toMatchObject([
        { reason: "clock", cause: { message: expect.stringMatching(says) } },
      ]);
    });

    it("gets new keys though the clock was hours ahead when they were fetched last, and then set right", async () => {
      const [one, two] = await Promise.all([createKey("one"), createKey("two")]);
      const keys = [one];
      issuer = await startIssuer(keys);
      const { authenticate, refreshKeys } = createAuthenticate({
        tokenJwksUrl: issuer.url,
        tokenIssuer: issuer.url,
        tokenAudience: apiClientId,
        tokenSubjectClaim: "sub",
      } as Settings);
      const ahead = Date.now() + 7_200_000;
      const clock = vi.spyOn(Date, "now").mockReturnValue(ahead);
      await refreshKeys();
      clock.mockRestore();
      const later = performance.now() + 5_000;
      vi.spyOn(performance, "now").mockReturnValue(later);
      keys.push(two);
      const signedIn = await authenticate(
        `Bearer ${await issuer.sign(two, "alice")}`,
        pino({ enabled: false }),
      );
      expect(signedIn.caller.subject).toBe("alice");
      vi.mocked(performance.now).mockReturnValue(later + 5_000);
      await refreshKeys();
      expect(issuer.requests).toBe(3);
    });

    it("that has expired isn't the clock's fault if a cache kept the issuer's keys, and says how long", async () => {
      const key = await createKey("one");
      issuer = await startIssuer([key]);
      issuer.cachedForInSeconds = 7_200;
      await startWith([key]);
      await expectRefusal(await issuer.sign(key, "alice", "-1h"));
      expect([refusalsFor("expired"), refusalsFor("clock")]).toEqual([1, 0]);
      expect(warnings()).toEqual([]);
    });

    it("doesn't need keys that are newer than a moment ago", async () => {
      issuer = await startIssuer([await createKey("one")]);
      const { refreshKeys } = createAuthenticate({ tokenJwksUrl: issuer.url } as Settings);
      for (let refresh = 0; refresh < 2; refresh++) await refreshKeys();
      expect(issuer.requests).toBe(1);
    });

    it("isn't accepted with keys from an endless response", async () => {
      const key = await createKey("one");
      issuer = await startIssuer([key]);
      issuer.answer = "endless";
      await startWith([key], false);
      await expect.poll(() => issuer.endlessBytes).toBeGreaterThan(0);
      await expect
        .poll(() => service.log)
        .toContainEqual(
          expect.objectContaining({
            msg: "Waiting for the issuer's keys",
            cause: expect.objectContaining({
              cause: expect.objectContaining({ message: "The issuer's keys: the response is too large" }),
            }),
          }),
        );
      expect(issuer.endlessBytes).toBeLessThan(20_000_000);
    });
  });
});
