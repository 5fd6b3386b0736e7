import type { AzureKeyCredential } from "@azure/core-auth";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient, type TokenScope } from "../../src/index.js";
import { type Canary, findCanaries, keyCanary, textCanary } from "../trust/secrets/canaries.js";
import { printsOf } from "../trust/secrets/prints.js";

const key = keyCanary("access key of the emulator");
const otherKey = keyCanary("access key of a client");

describe("the emulator", () => {
  it("keeps keys, signatures and tokens out of its log, request list and diagnoses", async () => {
    const log: unknown[] = [];
    const secrets: Canary[] = [key, otherKey];
    const emulator = await startEmulator({ accessKey: key.value, onLog: (entry) => void log.push(entry) });
    onTestFinished(() => emulator.close());
    const { service, url } = emulator;
    const teamsUserAadToken = await service.createTeamsUserToken({
      clientId: crypto.randomUUID(),
      userObjectId: crypto.randomUUID(),
    });
    secrets.push(partsOf("Teams token", teamsUserAadToken));

    const policy = signatureRecorder(secrets);
    const options = { additionalPolicies: [policy], retryOptions: { maxRetries: 0 } };
    const clients = [
      new CommunicationIdentityClient(emulator.connectionString, options),
      new CommunicationIdentityClient(url, { key: otherKey.value }, options),
      new CommunicationIdentityClient(
        url,
        service.createTokenCredential() as unknown as AzureKeyCredential,
        options,
      ),
    ];
    let failures = 0;
    for (const client of clients) {
      const calls = [
        async () => {
          const { token, user } = await client.createUserAndToken(["chat"]);
          secrets.push(partsOf("access token", token));
          await service.inspectToken(token);
          await client.revokeTokens(user);
        },
        () => client.getTokenForTeamsUser({ teamsUserAadToken, clientId: "a", userObjectId: "u" }),
        () => client.getTokenForTeamsUser({ teamsUserAadToken, clientId: "a", userObjectId: "other" }),
        () => client.getToken({ communicationUserId: "8:acs:none" }, ["nonsense" as TokenScope]),
      ];
      for (const call of calls) await call().catch(() => failures++);
    }
    const admin = await Promise.all(
      ["requests", "users", "tokens", "faults", "clock"].map(async (name) =>
        (await fetch(`${url}/_emulator/${name}`)).text(),
      ),
    );

    expect(failures).toBeGreaterThan(4);
    expect(secrets.length).toBeGreaterThan(10);
    expect(log.length).toBeGreaterThan(10);
    expect(admin[0]).toContain("x-ms-content-sha256");
    const said = [printsOf(log), printsOf(service.requests), ...admin].join("\n");
    expect(said).toContain("String to sign");
    expect(findCanaries(said, secrets)).toEqual([]);
  });
});

/** Looks for the claims and the signature only, because all these JWTs have the same header. */
function partsOf(name: string, token: string): Canary {
  const [, claims = "", signature = ""] = token.split(".");
  const parts = [claims.slice(24), signature].filter((part) => part.length > 24);
  return { name, value: token, needles: parts.flatMap((part) => textCanary(name, part).needles) };
}

function signatureRecorder(secrets: Canary[]) {
  return {
    position: "perRetry" as const,
    policy: {
      name: "signatureRecorder",
      async sendRequest<Answer>(
        request: { headers: { get(name: string): string | undefined } },
        next: (request: never) => Promise<Answer>,
      ): Promise<Answer> {
        const [, signature] = request.headers.get("Authorization")?.split("Signature=") ?? [];
        if (signature) secrets.push(textCanary("signature", signature));
        return next(request as never);
      },
    },
  };
}
