import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { key, user } from "./values.js";

const agent = new Agent({ keepAlive: true });
const secret = Buffer.from(key, "base64");

/** Issues a token with node:http alone: signs the request, sends it and parses the response. */
export async function bareCall(origin: string): Promise<unknown> {
  const { host, hostname, port } = new URL(origin);
  const path = `/identities/${encodeURIComponent(user.communicationUserId)}/:issueAccessToken?api-version=2023-10-01`;
  const body = JSON.stringify({ scopes: ["voip"] });
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(body).digest("base64");
  const signature = createHmac("sha256", secret)
    .update(`POST\n${path}\n${date};${host};${hash}`)
    .digest("base64");
  const headers = {
    "content-type": "application/json",
    "content-length": body.length,
    "x-ms-date": date,
    "x-ms-content-sha256": hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
  return new Promise((resolve, reject) => {
    request({ agent, hostname, port, path, method: "POST", headers }, (response) => {
      text(response).then((json) => {
        const { token, expiresOn } = JSON.parse(json);
        resolve({ token, expiresOn: new Date(expiresOn) });
      }, reject);
    })
      .once("error", reject)
      .end(body);
  });
}
