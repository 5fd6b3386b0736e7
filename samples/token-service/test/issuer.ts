import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { apiClientId } from "./inProcess.js";

export interface SigningKey {
  /** Left out of the tokens if undefined. */
  readonly kid: string | undefined;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

/** An issuer of sign-ins other than Entra, with any keys and subjects. */
export interface Issuer {
  readonly url: string;
  sign(key: SigningKey, subject: string): Promise<string>;
  close(): void;
}

export async function createKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  return { kid, jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

/** @param answer - What the issuer answers instead of its keys. */
export async function startIssuer(keys: readonly SigningKey[], answer?: string): Promise<Issuer> {
  const server = createServer((_request, response) => {
    response.end(answer ?? JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    sign: ({ kid, privateKey }, subject) =>
      new SignJWT({ scp: "access_as_user" })
        .setProtectedHeader({ alg: "RS256", ...(kid === undefined ? {} : { kid }) })
        .setIssuer(url)
        .setAudience(apiClientId)
        .setSubject(subject)
        .setExpirationTime("1h")
        .sign(privateKey),
    close: () => void server.close(),
  };
}
