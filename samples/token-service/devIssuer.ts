import { generateKeyPair, type JWTVerifyGetKey, SignJWT } from "jose";
import type { TrustedIssuer } from "./authenticate.js";

/** Signs in whoever asks, under whatever name: for the emulator only. */
export interface DevIssuer extends TrustedIssuer {
  signIn(name: string): Promise<string>;
}

/** Its key lives as long as the process: a restart signs everybody out. */
export async function createDevIssuer(): Promise<DevIssuer> {
  const issuer = "urn:token-service:dev-issuer";
  const audience = "urn:token-service";
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const keys: JWTVerifyGetKey = async () => publicKey;
  return {
    issuer,
    audience,
    keys,
    signIn: (name) =>
      new SignJWT()
        .setProtectedHeader({ alg: "ES256" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(name)
        .setIssuedAt()
        .setExpirationTime("12h")
        .sign(privateKey),
  };
}
