import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startEmulator } from "../../../../../../src/emulator/index.js";
import { restoreContent, snapshotContent } from "../../../../../helpers/snapshotContent.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
const { adminApi } = await import("../../../../../../src/emulator/page/browser/emulator/adminApi.js");
const { service, url, close } = await startEmulator();
afterAll(close);
beforeEach(() => {
  service.reset();
  const send = fetch;
  vi.stubGlobal("fetch", (path: string, options: RequestInit) => send(`${url}${path}`, options));
});

const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";

describe("what the page asks of the emulator", () => {
  it("gets and changes users and tokens, whatever their ids are", async () => {
    const id = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_a/b?c#d%e";
    const issuedAt = Math.floor(Date.now() / 1000);
    const times = { issuedAt, expiresAt: issuedAt + 3600 };
    const issued = Array.from({ length: 110 }, (_, index) => {
      return { type: "tokenIssued", token: index + 1, user: 1, scopes: "voip", ...times } as const;
    });
    const events = [{ type: "userCreated", user: 1, id, at: 5 } as const, ...issued];
    restoreContent(service, { ...snapshotContent(service), events });
    const { number, token } = await adminApi.issueToken(id, { scopes: ["chat"], expiresInMinutes: 60 });
    expect(await adminApi.token(number)).toBe(token);
    const tokens = await adminApi.tokensOf(id);
    expect([tokens.length, tokens[0]?.number]).toEqual([111, number]);
    await adminApi.revokeTokens(id);
    expect(await adminApi.inspect(token)).toMatchObject({ valid: false, problem: "revoked" });
    await adminApi.createUser({ customId: "alice & bob" });
    expect(await adminApi.users(50, "e & b")).toMatchObject({ total: 2, matching: 1 });
    const [listed] = (await adminApi.users(50, "%E")).users;
    expect([listed?.id, listed?.tokenCount, listed?.tokens.length]).toEqual([id, 111, 5]);
    await adminApi.deleteUser(id);
    await adminApi.clearRequests();
    expect(service.users).toMatchObject([{ customId: "alice & bob" }]);
  });

  it("allows a redirect URI beside the others, and once", async () => {
    const { clientId } = service.entra;
    await adminApi.setEntraApplication({ clientId, redirectUris: ["https://early.example/"] });
    for (const uri of ["https://app.example/", "https://app.example/"])
      await adminApi.allowRedirectUri(clientId, uri);
    const [application] = service.entra.applications;
    expect(application?.redirectUris).toEqual(["https://early.example/", "https://app.example/"]);
  });

  it("gives and takes what Entra ID and Teams users may do", async () => {
    const { clientId, tenantId } = service.entra;
    await adminApi.saveTeamsAssignment({ tenantId, objectId, principalType: "user" });
    await adminApi.saveEntraAssignment({ tenantId, objectId, principalType: "user", clientIds: [] });
    expect(await adminApi.entra()).toMatchObject({
      teamsAssignments: [{ objectId }],
      entraAssignments: expect.arrayContaining([expect.objectContaining({ objectId })]),
    });
    await adminApi.deleteTeamsAssignment({ tenantId, objectId, principalType: "user" });
    await adminApi.deleteEntraAssignment(objectId);
    expect((await adminApi.entra()).teamsAssignments).toEqual([]);
    await adminApi.setEntraUser({ objectId, username: "carol@contoso.com" });
    const options = { clientId, userObjectId: objectId };
    expect(await adminApi.teamsUserToken(options)).toMatch(/^eyJ/);
    expect(await adminApi.entraToken({ clientId })).toMatch(/^eyJ/);
    await adminApi.deleteEntraPrincipal(objectId);
    expect(service.entra.users.map((user) => user.objectId)).not.toContain(objectId);
  });

  it("sets the clock, faults and keys, and restores and resets everything", async () => {
    const limit = vi.spyOn(AbortSignal, "timeout");
    const saved = new Blob([JSON.stringify(service.snapshot())]);
    const key = service.secondaryAccessKey;
    await adminApi.regenerateKey("Secondary");
    expect(service.secondaryAccessKey).not.toBe(key);
    expect(await adminApi.moveClock({ freeze: true })).toMatchObject({ frozen: true });
    await adminApi.addFault({ status: 503 });
    await adminApi.addFault({ status: 500, durationInSeconds: 30 });
    const [fault, outage] = await adminApi.faults();
    expect(fault).toEqual({ number: expect.any(Number), status: 503, times: 1 });
    await adminApi.stopFault(fault?.number ?? 0);
    expect(await adminApi.faults()).toMatchObject([{ number: outage?.number, status: 500 }]);
    await adminApi.stopFaults();
    expect(await adminApi.faults()).toEqual([]);
    await adminApi.restore(saved);
    expect(limit.mock.calls.slice(-2)).toEqual([[10_000], [120_000]]);
    expect([service.secondaryAccessKey, (await adminApi.info()).frozen]).toEqual([key, false]);
    await adminApi.createUser({});
    await adminApi.reset();
    expect(service.users).toEqual([]);
  });
});
