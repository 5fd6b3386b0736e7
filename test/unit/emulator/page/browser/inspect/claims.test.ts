import { expect, it } from "vitest";
import { claims } from "../../../../../../src/emulator/page/browser/inspect/claims.js";

it("a token's claims are read in any script, and there are none if it isn't a JWT", () => {
  const jwt = (content: unknown) => `x.${Buffer.from(JSON.stringify(content)).toString("base64url")}.x`;
  expect(claims(jwt({ name: "Zoë ÿ~~~ 日本>?" }))).toEqual({ name: "Zoë ÿ~~~ 日本>?" });
  for (const text of ["opaque", "a.b.c", jwt(null), jwt("text")]) expect(() => claims(text), text).toThrow();
});
