// The process that the suite talks to: the emulator of the package, and in front of it a relay that records what
// came in, fails on demand, and takes commands. Prints its connection string when it is ready.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator } from "acs-identity/emulator";
import type { Fault, SeenRequest, TeamsUser } from "./control.js";

const emulator = await startEmulator();
const { service } = emulator;
const seen: SeenRequest[] = [];
const faults: Fault[] = [];

/** Lets a page read what does not come from the emulator. */
const crossOrigin = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };

const commands: Record<string, (argument: unknown) => unknown> = {
  reset() {
    seen.length = 0;
    faults.length = 0;
    service.clock.skew({});
  },
  fail: (fault) => {
    const { times = 1 } = fault as Fault;
    for (let count = 0; count < times; count++) faults.push(fault as Fault);
  },
  requests: () => seen,
  skew: (argument) => service.clock.skew(argument as { minutes: number }),
  teamsToken: (user) => service.createTeamsUserToken(user as TeamsUser),
  entraToken: () => service.createTokenCredential().getToken("https://communication.azure.com//.default"),
};

const front = createServer((message, response) => {
  serve(message, response).catch(() => response.destroy());
});
front.listen(0, "127.0.0.1", () => {
  const { port } = front.address() as AddressInfo;
  process.stdout.write(`endpoint=http://127.0.0.1:${port}/;accesskey=${service.accessKey}\n`);
});
// Ends with the process that started it.
process.stdin.resume().on("end", () => process.exit());

async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readText(message);
  const { method = "GET", url = "/" } = message;
  const command = commands[/^\/_suite\/(\w+)$/.exec(url)?.[1] ?? ""];
  if (command) {
    const result = (await command(JSON.parse(body || "{}"))) ?? null;
    response.writeHead(200, crossOrigin).end(JSON.stringify(result));
    return;
  }
  // A page asks first. Neither a fault nor a request of the client.
  if (method === "OPTIONS") return relay(message, body, response);
  seen.push({ method, url, headers: message.headers as Record<string, string>, body });
  const fault = faults.shift();
  if (fault?.delayInMs) await new Promise((resolve) => setTimeout(resolve, fault.delayInMs));
  if (fault?.drop) response.destroy();
  else if (fault?.status) {
    response.writeHead(fault.status, { ...fault.headers, ...crossOrigin });
    response.end("x".repeat(fault.bodyLength ?? 0));
  } else relay(message, body, response);
}

/** With the headers as they came, since the host is signed. */
function relay({ method, url, headers }: IncomingMessage, body: string, response: ServerResponse): void {
  const target = new URL(emulator.url);
  const outgoing = request({ host: target.hostname, port: target.port, method, path: url, headers });
  outgoing.on("error", () => response.destroy());
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.end(body);
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
