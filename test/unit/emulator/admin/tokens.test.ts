import { describe, expect, it } from "vitest";
import { send } from "../../../helpers/emulator/http.js";
import { makeToken, makeUser } from "../../../helpers/testing/ask.js";
import { useEmulator } from "./useEmulator.js";

const bench = useEmulator();
const { admin } = bench;

describe("the admin API of tokens", () => {
  it("lists and returns an issued token unchanged, also once it was revoked or has expired, and inspects any", async () => {
    const user = await makeUser(bench.emulator.service);
    const token = await makeToken(bench.emulator.service, user);
    const { number } = (await admin("GET", "/tokens?limit=1")).json.tokens[0];
    expect((await admin("GET", `/tokens/${number}`)).json).toEqual({ token });
    expect((await admin("POST", "/tokens:inspect", { token })).json).toMatchObject({ valid: true });
    expect((await admin("POST", "/tokens:inspect", {})).status).toBe(400);
    await admin("DELETE", `/users/${user}/tokens`);
    await makeToken(bench.emulator.service, user);
    bench.emulator.service.clock.advance({ hours: 25 });
    expect((await admin("GET", `/tokens/${number}`)).json).toEqual({ token });
    for (const other of ["x", 0]) expect((await admin("GET", `/tokens/${other}`)).status).toBe(404);
    const tokens = [{ number: number + 1 }, { number, revokedAt: expect.any(String) }];
    expect((await admin("GET", "/tokens")).json).toMatchObject({ tokens });
    expect((await admin("GET", `/users/${user}/tokens`)).json).toMatchObject({ tokens });
    expect((await admin("GET", "/users?tokens=5")).json.users).toMatchObject([{ tokenCount: 2, tokens }]);
  });

  it("creates Entra tokens", async () => {
    const clientId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    const { json, status } = await admin("POST", "/teamsUserTokens", {
      clientId,
      userObjectId: clientId,
      expiresInMinutes: 5,
    });
    expect(status).toBe(201);
    const claims = JSON.parse(Buffer.from(json.token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ appid: clientId, oid: clientId });
    expect((await admin("POST", "/teamsUserTokens", { clientId })).status).toBe(400);
    const bearer = await admin("POST", "/entraTokens", {});
    const headers = { authorization: `Bearer ${bearer.json.token}`, host: new URL(bench.emulator.url).host };
    expect(
      (await send(bench.emulator.url, "POST", "/identities?api-version=2023-10-01", { headers })).status,
    ).toBe(201);
  });

  it.each([
    [
      "as a string",
      "https://communication.azure.com/clients/Chat https://communication.azure.com/clients/VoIP",
    ],
    [
      "in another case",
      "HTTPS://communication.azure.com/Clients/CHAT https://communication.azure.com/clients/voip",
    ],
    [
      "as a list",
      ["https://communication.azure.com/clients/Chat", "https://communication.azure.com/clients/VoIP"],
    ],
  ])("creates an Entra token for several scopes, given %s", async (_, scope) => {
    const { json } = await admin("POST", "/entraTokens", { scope });
    const claims = JSON.parse(Buffer.from(json.token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ aud: "https://communication.azure.com/clients", scp: "Chat VoIP" });
  });

  it.each([[[]], [[5]], [5], [{}]])("rejects the scope %j for an Entra token", async (scope) => {
    expect((await admin("POST", "/entraTokens", { scope })).status).toBe(400);
  });
});
