import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { apiClientId } from "./inProcess.js";

export interface SigningKey {
  /** The key's id. If it is undefined, tokens don't name their key. */
  readonly kid: string | undefined;
  readonly alg: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

/** An issuer of sign-ins other than Entra, with any keys and subjects. */
export interface Issuer {
  readonly url: string;
  /** What the issuer answers instead of its keys. `endless` stands for a response that never ends, `hanging` for a part of one. */
  answer: string | undefined;
  status: number;
  /** How far the issuer's clock is ahead. */
  aheadInMs: number;
  /** How old its answers are, since a cache has kept them. */
  cachedForInSeconds: number;
  readonly requests: number;
  /** How many bytes of the endless response were written. */
  readonly endlessBytes: number;
  /**
   * @param expiresIn - Never if it is "".
   * @param claims - In place of the usual ones.
   */
  sign(key: SigningKey, subject: string, expiresIn?: string, claims?: JWTPayload): Promise<string>;
  close(): void;
}

export async function createKey(kid: string, alg = "RS256"): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return { kid, alg, jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

/** @param keys - Read at each request. */
export async function startIssuer(keys: readonly SigningKey[]): Promise<Issuer> {
  const chunk = Buffer.alloc(65_536, " ");
  const server = createServer((_request, response) => {
    requests++;
    response.statusCode = issuer.status;
    const sentAt = Date.now() + issuer.aheadInMs - issuer.cachedForInSeconds * 1000;
    response.setHeader("Date", new Date(sentAt).toUTCString());
    if (issuer.cachedForInSeconds > 0) response.setHeader("Age", issuer.cachedForInSeconds);
    if (issuer.answer === "hanging") return void response.write('{"keys":');
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
    status: 200,
    aheadInMs: 0,
    cachedForInSeconds: 0,
    get requests() {
      return requests;
    },
    get endlessBytes() {
      return endlessBytes;
    },
    sign: ({ kid, alg, privateKey }, subject, expiresIn = "1h", claims = {}) => {
      const token = new SignJWT({ scp: "access_as_user", iss: url, aud: apiClientId, ...claims })
        .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
        .setSubject(subject);
      return (expiresIn ? token.setExpirationTime(expiresIn) : token).sign(privateKey);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return issuer;
}
