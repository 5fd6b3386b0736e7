// What each project of Vitest sets up for the suite to talk to: the package's emulator, and in front of it a relay that
// records requests, fails on demand and takes commands.
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
    /** A package.json beside which the package is installed. */
    installation: string;
    /** The runtimes that this machine doesn't have, and what brings them. */
    absent: readonly { readonly name: string; readonly need: string }[];
  }
}

/** How requests fail before they reach the emulator. */
export interface Fault {
  readonly delayInMs?: number;
  /** Ends the connection without an answer. */
  readonly drop?: boolean;
  /** Answers with this status, these headers and a body of this length. */
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

/** What a case asks of the service, over HTTP, on whatever runtime it runs. */
export interface Commands {
  reset(): void;
  fail(fault: Fault): void;
  requests(): readonly SeenRequest[];
  skew(by: { readonly minutes: number }): void;
  teamsToken(user: { readonly appId: string; readonly userId: string }): Promise<string>;
  entraToken(): Promise<AccessToken>;
}

/** Lets a page read what doesn't come from the emulator. */
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
    // What a page asks first is neither recorded nor fails.
    const fault = method === "OPTIONS" ? undefined : faults.shift();
    if (method !== "OPTIONS") seen.push({ url, headers: headers as Record<string, string> });
    if (fault?.delayInMs) await delay(fault.delayInMs, undefined, { ref: false });
    if (fault?.drop) response.destroy();
    else if (fault?.status) {
      response.writeHead(fault.status, { ...fault.headers, ...crossOrigin });
      response.end("x".repeat(fault.bodyLength ?? 0));
    } else {
      // With the headers as they came, since the host is signed.
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
