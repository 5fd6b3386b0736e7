// The least that a call can cost: written by hand for one operation, with the signature, without errors, retries,
// time limits, logs and traces.
import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { Call, Target } from "./subjects.js";
import { key, user } from "./values.js";

const secret = Buffer.from(key, "base64");
const body = '{"scopes":["voip"]}';
const path = `/identities/${encodeURIComponent(user.communicationUserId)}/:issueAccessToken?api-version=2023-10-01`;

interface SignedRequest {
  readonly body: string;
  readonly headers: Record<string, string>;
}

function sign(host: string): SignedRequest {
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(body).digest("base64");
  const text = `POST\n${path}\n${date};${host};${hash}`;
  const signature = createHmac("sha256", secret).update(text).digest("base64");
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "x-ms-date": date,
    "x-ms-content-sha256": hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
  return { body, headers };
}

function read(text: string): unknown {
  const { token, expiresOn } = JSON.parse(text);
  return { token, expiresOn: new Date(expiresOn) };
}

export function floorOverHttp({ origin = "", ca }: Target): Call {
  const { protocol, hostname, port, host } = new URL(origin);
  const isPlain = protocol === "http:";
  const agent = isPlain
    ? new http.Agent({ keepAlive: true })
    : new https.Agent({ keepAlive: true, ...(ca && { ca }) });
  const open = isPlain ? http.request : https.request;
  return () =>
    new Promise((resolve, reject) => {
      const { body, headers } = sign(host);
      const request = open({ hostname, port, path, method: "POST", headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(read(Buffer.concat(chunks).toString())));
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(body);
    });
}

export async function floorOverUndici({ origin = "", ca }: Target): Promise<Call> {
  const { Agent, request } = await import("undici");
  const { host } = new URL(origin);
  const dispatcher = new Agent(ca ? { connect: { ca } } : {});
  return async () => {
    const answer = await request(origin + path, { method: "POST", ...sign(host), dispatcher });
    return read(await answer.body.text());
  };
}
