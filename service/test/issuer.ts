import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
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
  /** What the issuer answers instead of its keys. `endless` stands for a response that never ends. */
  answer: string | undefined;
  readonly requests: number;
  /** How many bytes of the endless response were written. */
  readonly endlessBytes: number;
  /** @param claims - In place of the usual ones. */
  sign(key: SigningKey, subject: string, expiresIn?: string, claims?: JWTPayload): Promise<string>;
  close(): void;
}

export async function createKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  return { kid, jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

/** @param keys - Read at each request. */
export async function startIssuer(keys: readonly SigningKey[]): Promise<Issuer> {
  const chunk = Buffer.alloc(65_536, " ");
  const server = createServer((_request, response) => {
    requests++;
    if (issuer.answer !== "endless") {
      return void response.end(issuer.answer ?? JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    }
    const write = () => {
      do endlessBytes += chunk.length;
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", write);
    write();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let requests = 0;
  let endlessBytes = 0;
  const issuer: Issuer = {
    url,
    answer: undefined,
    get requests() {
      return requests;
    },
    get endlessBytes() {
      return endlessBytes;
    },
    sign: ({ kid, privateKey }, subject, expiresIn = "1h", claims = {}) =>
      new SignJWT({ scp: "access_as_user", iss: url, ...claims })
        .setProtectedHeader({ alg: "RS256", ...(kid === undefined ? {} : { kid }) })
        .setAudience(apiClientId)
        .setSubject(subject)
        .setExpirationTime(expiresIn)
        .sign(privateKey),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return issuer;
}
