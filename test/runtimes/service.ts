// Global setup of each Vitest project: what the suite talks to. The package's emulator, and in front of it a relay that
// records requests, fails on demand, and takes commands.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import type { Control, Fault, SeenRequest } from "./suite/control.js";

declare module "vitest" {
  interface ProvidedContext {
    connectionString: string;
    /** A folder that has the package installed, and the suite beside it. */
    installation: string;
    /** The runtimes that this machine doesn't have, and what brings them. */
    absent: readonly { readonly name: string; readonly need: string }[];
  }
}

type Commands = { [Name in keyof Control]: (argument: Parameters<Control[Name]>[0]) => unknown };

/** Lets a page read what does not come from the emulator. */
const crossOrigin = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const require = createRequire(join(project.getProvidedContext().installation, "package.json"));
  const { startEmulator } = require("acs-identity/emulator") as typeof import("acs-identity/emulator");
  const emulator = await startEmulator();
  const { service } = emulator;
  const seen: SeenRequest[] = [];
  const faults: Fault[] = [];
  const commands: Commands = {
    reset() {
      seen.length = 0;
      faults.length = 0;
      service.clock.skew({});
    },
    fail(fault) {
      faults.push(...Array<Fault>(fault.times ?? 1).fill(fault));
    },
    requests: () => seen,
    skew: (by) => service.clock.skew(by),
    teamsToken: (user) => service.createTeamsUserToken(user),
    entraToken: () => service.createTokenCredential().getToken("https://communication.azure.com//.default"),
  };

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(message);
    const { method = "", url = "", headers } = message;
    const [, command] = /^\/_suite\/(\w+)$/.exec(url) ?? [];
    if (command) {
      const result = await (commands[command as keyof Commands] as (argument: unknown) => unknown)(
        JSON.parse(body),
      );
      response.writeHead(200, crossOrigin).end(JSON.stringify(result ?? null));
      return;
    }
    // A page asks first, which is neither a request of the client nor one that fails.
    if (method === "OPTIONS") return relay(message, body, response);
    seen.push({ method, url, headers: headers as Record<string, string>, body });
    const fault = faults.shift();
    if (fault?.delayInMs) await delay(fault.delayInMs, undefined, { ref: false });
    if (fault?.drop) response.destroy();
    else if (fault?.status) {
      response.writeHead(fault.status, { ...fault.headers, ...crossOrigin });
      response.end("x".repeat(fault.bodyLength ?? 0));
    } else relay(message, body, response);
  }

  /** Passes the headers on as they came, since the host is signed. */
  function relay({ method, url, headers }: IncomingMessage, body: string, response: ServerResponse): void {
    const { hostname, port } = new URL(emulator.url);
    const outgoing = request({ hostname, port, method, path: url, headers });
    outgoing.on("error", () => response.destroy());
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.end(body);
  }

  const front = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  project.provide("connectionString", `endpoint=http://127.0.0.1:${port}/;accesskey=${service.accessKey}`);
  return async () => {
    front.close();
    front.closeAllConnections();
    await emulator.close();
  };
}
