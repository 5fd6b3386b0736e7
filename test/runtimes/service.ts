// The service that Vitest starts for each project: the package's emulator, behind a relay that records requests, fails
// on demand and accepts commands.
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { AccessToken } from "@azure/core-auth";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    connectionString: string;
    /** The package.json of the project in which the package is installed. */
    installation: string;
    /** The runtimes that this machine doesn't have, and what each of them needs. */
    absent: readonly { readonly name: string; readonly need: string }[];
  }
}

/** How requests fail before they reach the emulator. */
export interface Fault {
  readonly delayInMs?: number;
  /** Closes the connection without a response. */
  readonly drop?: boolean;
  /** Responds with this status, the headers and a body of `bodyLength` bytes. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly bodyLength?: number;
  /** How many requests fail. Default: 1. */
  readonly times?: number;
}

export interface SeenRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** The commands that a case sends to the service over HTTP, from any runtime. */
export interface Commands {
  reset(): void;
  fail(fault: Fault): void;
  requests(): readonly SeenRequest[];
  skew(by: { readonly minutes: number }): void;
  teamsToken(user: { readonly clientId: string; readonly userObjectId: string }): Promise<string>;
  entraToken(): Promise<AccessToken>;
}

/** Let a page read the responses that don't come from the emulator. */
const crossOrigin = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const require = createRequire(project.getProvidedContext().installation);
  const { startEmulator } = require("acs-identity/emulator") as typeof import("acs-identity/emulator");
  const { url: emulatorUrl, service, close } = await startEmulator();
  let seen: SeenRequest[] = [];
  let faults: Fault[] = [];
  const credential = service.createTokenCredential();
  const commands: Commands = {
    reset() {
      seen = [];
      faults = [];
      service.clock.skew({});
    },
    fail: (fault) => faults.push(...Array<Fault>(fault.times ?? 1).fill(fault)),
    requests: () => seen,
    skew: (by) => service.clock.skew(by),
    teamsToken: (user) => service.createTeamsUserToken(user),
    entraToken: () =>
      credential.getToken("https://communication.azure.com//.default") as Promise<AccessToken>,
  };

  const front = createServer(async (message, response) => {
    const { method, url = "", headers } = message;
    const command = /^\/_suite\/(\w+)$/.exec(url)?.[1] as keyof Commands | undefined;
    if (command) {
      const result: unknown = await commands[command](JSON.parse(await text(message)) as never);
      response.writeHead(200, crossOrigin).end(JSON.stringify(result ?? null));
      return;
    }
    // Preflight requests are neither recorded nor made to fail.
    const fault = method === "OPTIONS" ? undefined : faults.shift();
    if (method !== "OPTIONS") seen.push({ url, headers: headers as Record<string, string> });
    if (fault?.delayInMs) await delay(fault.delayInMs, undefined, { ref: false });
    if (fault?.drop) response.destroy();
    else if (fault?.status) {
      response.writeHead(fault.status, { ...fault.headers, ...crossOrigin });
      response.end("x".repeat(fault.bodyLength ?? 0));
    } else {
      // Forwards the headers unchanged, since the signature includes the host.
      const relayed = request(emulatorUrl, { method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      message.pipe(relayed.on("error", () => response.destroy()));
    }
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  project.provide("connectionString", `endpoint=http://127.0.0.1:${port}/;accesskey=${service.accessKey}`);
  return async () => {
    front.close().closeAllConnections();
    await close();
  };
}
