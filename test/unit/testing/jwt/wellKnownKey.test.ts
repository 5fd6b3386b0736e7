import { checkPrimeSync, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { expect, it } from "vitest";
import { wellKnownPrivateJwk } from "../../../../src/testing/jwt/wellKnownKey.js";

it("the well-known key is an RSA-2048 key whose numbers fit together, and whose primes say that it isn't secret", () => {
  const key = wellKnownPrivateJwk;
  const [p, q] = [Buffer.from(key.p, "base64url"), Buffer.from(key.q, "base64url")];
  for (const prime of [p, q]) {
    expect(checkPrimeSync(BigInt(`0x${prime.toString("hex")}`))).toBe(true);
    expect(prime.toString()).toContain("well-known key, which is not secret");
  }
  const privateKey = createPrivateKey({ key, format: "jwk" });
  const publicKey = createPublicKey(privateKey);
  expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  // OpenSSL signs with p, q, dp, dq and qi, and verifies with n and e.
  const text = Buffer.from("text");
  expect(verify("sha256", text, publicKey, sign("sha256", text, privateKey))).toBe(true);
});
