import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bearerTokenPolicy } from "../../../src/pipeline/bearerTokenPolicy.js";
import { type Answer, credentialOf, send } from "./bearerToken.js";

beforeEach(() => {
  vi.useFakeTimers();
});

describe("a challenge", () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"~~>?>?>"}}}';
  const encoded = Buffer.from(claims).toString("base64url");
  const challengeOf = (text: string): Answer => ({ status: 401, headers: { "WWW-Authenticate": text } });

  it("with claims is answered once, with a token for those claims", async () => {
    expect(encoded).toMatch(/[-_]/);
    for (const text of [encoded, encoded.replaceAll("-", "+").replaceAll("_", "/")]) {
      const { asked, policy } = credentialOf({});
      const challenge = challengeOf(`Bearer realm="", error="insufficient_claims", claims="${text}"`);
      expect(await send(policy, challenge, challenge)).toEqual(["Bearer token-1", "Bearer token-2"]);
      expect(asked[1]).toEqual({ enableCae: true, claims });
    }
  });

  it("with the claims of the refused token is answered at most once a minute", async () => {
    const { asked, policy } = credentialOf({});
    const challenge = challengeOf(`Bearer error="insufficient_claims", claims="${encoded}"`);
    expect(await send(policy, challenge, challenge)).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(await send(policy, challenge, challenge)).toEqual(["Bearer token-2", "Bearer token-3"]);
    expect(await send(policy, challenge, challenge)).toEqual(["Bearer token-3"]);
    // A plain 401 doesn't show that a token without the claims would be better.
    expect(await send(policy, { status: 401 })).toEqual(["Bearer token-3"]);
    expect(await send(policy)).toEqual(["Bearer token-3"]);
    expect(asked).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await send(policy, challenge)).toEqual(["Bearer token-3", "Bearer token-4"]);
  });

  it("waits for a refresh in progress or what replaces it, whose token no lost refresh replaces", async () => {
    const asked: (string | undefined)[] = [];
    const pending: (() => void)[] = [];
    const getToken = (_: unknown, { claims }: GetTokenOptions = {}) => {
      const count = asked.push(claims);
      // It's renewed at each use.
      const token = { token: `token-${count}`, expiresOnTimestamp: Date.now() + 60_000 };
      return new Promise<AccessToken>((resolve) => void pending.push(() => resolve(token)));
    };
    const policy = bearerTokenPolicy({ getToken });
    const end = async (index: number) => {
      pending[index]?.();
      await vi.advanceTimersByTimeAsync(0);
    };
    const challenge = challengeOf(`Bearer error="insufficient_claims", claims="${encoded}"`);
    const first = send(policy);
    await end(0);
    await first;
    const challenged = send(policy, challenge);
    await vi.advanceTimersByTimeAsync(30_000);
    const later = send(policy, challengeOf(`Bearer error="insufficient_claims", claims="${btoa("other")}"`));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([undefined, undefined, undefined]);
    // The token of the one that replaces the lost refresh is for those who waited for that, too.
    await end(2);
    // Any refresh suits a call without claims.
    const withoutClaims = send(policy);
    await end(3);
    expect(await challenged).toEqual(["Bearer token-1", "Bearer token-4"]);
    expect(await withoutClaims).toEqual(["Bearer token-4"]);
    await end(1);
    await end(4);
    expect(await later).toEqual(["Bearer token-3", "Bearer token-5"]);
    expect(asked).toEqual([undefined, undefined, undefined, claims, "other"]);
    expect(await send(policy)).toEqual(["Bearer token-5"]);
  });

  it("with other claims each time makes a failing credential be asked once for each call at most", async () => {
    const { asked, policy } = credentialOf({}, new Error("Entra is down"));
    for (let index = 0; index < 600; index++) {
      const challenge = challengeOf(`Bearer error="insufficient_claims", claims="${btoa(`${index}`)}"`);
      await send(policy, challenge).catch(() => undefined);
    }
    expect(asked).toHaveLength(1 + 600);
  });

  it.each([
    [401, `Bearer error="invalid_token", claims="${encoded}"`],
    [401, 'Bearer error="insufficient_claims"'],
    [401, 'Bearer error="insufficient_claims", claims=""'],
    [401, 'Bearer error="insufficient_claims", claims="%%%"'],
    [403, `Bearer error="insufficient_claims", claims="${encoded}"`],
  ])("is returned as the response when it is a %d with %s", async (status, text) => {
    const { asked, policy } = credentialOf({});
    expect(await send(policy, { ...challengeOf(text), status })).toEqual(["Bearer token-1"]);
    expect(asked).toHaveLength(1);
  });
});
