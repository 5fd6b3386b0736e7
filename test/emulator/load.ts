/**
 * Generates load on loopback, at most 5000 requests a second for at most 60 s, and writes the results as one line
 * of JSON.
 *
 * Arguments: the connection string, requests a second, seconds, and the kind: create, issue or mix (the default).
 */
import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";

const [connectionString = "", rateText, secondsText, kind = "mix"] = process.argv.slice(2);
const [, endpoint = "", key = ""] = /^endpoint=(.*);accesskey=(.*)$/.exec(connectionString) ?? [];
const { hostname, port, host } = new URL(endpoint);
const rate = Math.min(Number(rateText), 5000);
const seconds = Math.min(Number(secondsText), 60);
if (!["127.0.0.1", "localhost"].includes(hostname)) throw new Error("Only loopback");

const secret = Buffer.from(key, "base64");
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const statuses: Record<string, number> = {};
const latencies: number[] = [];
const created: string[] = [];
const version = "api-version=2023-10-01";

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

function ask({ method, target, body }: Asked): Promise<string> {
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(body).digest("base64");
  const text = `${method}\n${target}\n${date};${host};${hash}`;
  const signature = createHmac("sha256", secret).update(text).digest("base64");
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-ms-date": date,
    "x-ms-content-sha256": hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
  const start = performance.now();
  return new Promise((resolve) => {
    const outgoing = request({ hostname, port, method, path: target, headers, agent }, (response) => {
      let received = "";
      response.on("data", (chunk) => {
        received += chunk;
      });
      response.on("end", () => {
        latencies.push(performance.now() - start);
        count(String(response.statusCode));
        resolve(received);
      });
      response.on("error", (error) => count(error.message));
    });
    outgoing.on("error", (error) => {
      count(error.message);
      resolve("");
    });
    outgoing.end(body);
  });
}

function count(status: string): void {
  statuses[status] = (statuses[status] ?? 0) + 1;
}

const create = { method: "POST", target: `/identities?${version}`, body: "" };

function next(number: number): Asked {
  const id = encodeURIComponent(created[number % created.length] ?? "");
  if (kind === "create" || !id) return create;
  const issue = {
    method: "POST",
    target: `/identities/${id}/:issueAccessToken?${version}`,
    body: '{"scopes":["chat"]}',
  };
  if (kind === "issue") return issue;
  const step = number % 10;
  if (step < 5) return issue;
  if (step < 9) return create;
  return { method: "POST", target: `/identities/${id}/:revokeAccessTokens?${version}`, body: "" };
}

async function remember(asked: Asked): Promise<void> {
  const answer = await ask(asked);
  if (asked === create && answer.includes('"identity"')) created.push(JSON.parse(answer).identity.id);
}

for (let user = 0; user < 100; user++) await remember(create);
for (const name of Object.keys(statuses)) delete statuses[name];
latencies.length = 0;

const start = performance.now();
const pending = new Set<Promise<void>>();
let sent = 0;
while (performance.now() - start < seconds * 1000) {
  const due = Math.min(rate * seconds, ((performance.now() - start) / 1000) * rate);
  for (; sent < due; sent++) {
    const one: Promise<void> = remember(next(sent)).finally(() => pending.delete(one));
    pending.add(one);
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
const inFlight = pending.size;
await Promise.all(pending);
const took = (performance.now() - start) / 1000;
latencies.sort((one, other) => one - other);
const percentile = (part: number) =>
  Math.round((latencies[Math.floor(latencies.length * part)] ?? 0) * 10) / 10;
agent.destroy();
process.stdout.write(
  `${JSON.stringify({
    kind,
    sent,
    perSecond: Math.round(latencies.length / took),
    inFlightAtEnd: inFlight,
    statuses,
    milliseconds: { p50: percentile(0.5), p99: percentile(0.99), max: percentile(0.9999999) },
    generatorCpuSeconds: Math.round(process.cpuUsage().user / 1e5) / 10,
  })}\n`,
);
