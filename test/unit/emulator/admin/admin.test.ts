import { describe, expect, it } from "vitest";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { useEmulator } from "./useEmulator.js";

const bench = useEmulator();
const { admin } = bench;

describe("the admin API", () => {
  it("lists 100 users, tokens and requests by default, and 1000 at most", async () => {
    const { service } = bench.emulator;
    const user = (number: number) =>
      ({ type: "userCreated", user: number, id: `8:acs:${number}`, at: 5 }) as const;
    const issuedAt = Math.floor(Date.now() / 1000);
    const token = (number: number) =>
      ({
        type: "tokenIssued",
        token: number,
        user: 1,
        scopes: "chat",
        issuedAt,
        expiresAt: issuedAt + 3600,
      }) as const;
    const numbers = Array.from({ length: 1001 }, (_, index) => index + 1);
    const events = [...numbers.map(user), ...numbers.map(token)];
    restoreContent(service, { ...snapshotContent(service), events });
    for (let count = 0; count < 101; count++) await service.fetch(`${bench.emulator.url}/x`);
    for (const [path, list] of [
      ["/users", "users"],
      ["/tokens", "tokens"],
      ["/users/8:acs:1/tokens", "tokens"],
      ["/requests", "requests"],
    ] as const) {
      const lengthOf = async (query: string) => (await admin("GET", path + query)).json[list].length;
      const lengths = [await lengthOf(""), await lengthOf("?limit=1"), await lengthOf("?limit=1000")];
      expect([path, ...lengths]).toEqual([path, 100, 1, list === "requests" ? 101 : 1000]);
    }
  });

  it.each([
    ["GET", "/nothing", undefined, 404, "NotFound"],
    ["GET", "/users/%zz", undefined, 404, "NotFound"],
    ["GET", "/users/8:acs:nobody", undefined, 404, "Refused"],
    ["GET", "/users/8:acs:nobody/tokens", undefined, 404, "Refused"],
    ["DELETE", "/users/8:acs:nobody", undefined, 404, "Refused"],
    ["PATCH", "/users", undefined, 405, "MethodNotAllowed"],
    ["POST", "/users", "{", 400, "ValidationError"],
    ["POST", "/users", [], 400, "ValidationError"],
    ["POST", "/users", { customId: null }, 201, undefined],
    ["POST", "/faults", { status: 1 }, 400, "Refused"],
    ["POST", "/keys/regenerate", {}, 400, "Refused"],
    ["POST", "/keys/regenerate", { keyType: "other" }, 400, "Refused"],
    ...["limit", "tokens"].flatMap((name) => [
      ...["0", "1001", "1e2", "0x10", "", "-1", "1&limit=0"].map(
        (value) => ["GET", `/users?${name}=${value}`, undefined, 400, "Refused"] as const,
      ),
    ]),
    ...["x", "", "-1", "1.5", "0"].map(
      (before) => ["GET", `/users?before=${before}`, undefined, 400, "Refused"] as const,
    ),
    ["GET", "/users?before=1&limit=1&tokens=1000", undefined, 200, undefined],
  ] as const)("answers %s %s with the body %j by %i %s", async (method, path, body, status, code) => {
    expect(await admin(method, path, body)).toMatchObject({
      status,
      ...(code && { json: { error: { code } } }),
    });
  });
});
