// Creates a user, and calls two other servers, with Node or Deno.
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import process from "node:process";

const { COMMUNICATION_ENDPOINT, COMMUNICATION_ACCESS_KEY, SECOND_URL, THIRD_URL } = process.env;
const url = new URL("/identities?api-version=2023-10-01", COMMUNICATION_ENDPOINT);
const body = "{}";
const date = new Date().toUTCString();
const digest = createHash("sha256").update(body).digest("base64");
const text = `POST\n${url.pathname}${url.search}\n${date};${url.host};${digest}`;
const key = Buffer.from(COMMUNICATION_ACCESS_KEY, "base64");
const signature = createHmac("sha256", key).update(text).digest("base64");
const headers = {
  "content-type": "application/json",
  "x-ms-date": date,
  "x-ms-content-sha256": digest,
  authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
};
console.log((await fetch(url, { method: "POST", headers, body })).status);
for (const other of [SECOND_URL, THIRD_URL]) {
  const answer = await fetch(other).catch((error) => ({
    status: String(error.cause ?? error).split("\n")[0],
  }));
  console.log(answer.status);
}
