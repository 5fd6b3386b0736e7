import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type FakeIdentityService, serviceOf } from "../testing/fakeIdentityService.js";
import { handleRequest } from "../testing/handleRequest.js";
import { createServiceCore, type ServiceCore } from "../testing/serviceCore.js";
import type { FakeIdentityServiceOptions } from "../testing/settings.js";
import { readRequest } from "./requestReader.js";
import { writeResponse } from "./responseWriter.js";

/** Options of `startEmulator`: those of the fake service, and where to listen. */
export interface EmulatorOptions extends Omit<FakeIdentityServiceOptions, "endpoint"> {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Default: `127.0.0.1`. */
  readonly host?: string;
}

/** A running emulator. */
export interface Emulator {
  /** Without a slash at the end. */
  readonly url: string;
  readonly connectionString: string;
  /** The fake service behind it. */
  readonly service: FakeIdentityService;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts the emulator and resolves when it listens.
 * @throws Error of `node:net` when the port can't be used, for example with code `EADDRINUSE`.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = "127.0.0.1", ...serviceOptions } = options;
  let core: ServiceCore | undefined;
  const server = createServer((request, response) => {
    if (core) void serve(core, request, response);
  });
  await listen(server, port, host);
  const { port: actualPort } = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`;
  core = createServiceCore({ ...serviceOptions, endpoint: url });
  const service = serviceOf(core);
  return { url, connectionString: service.connectionString, service, close: () => close(server) };
}

async function serve(core: ServiceCore, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    writeResponse(await handleRequest(core, await readRequest(message, "http")), response);
  } catch {
    response.destroy();
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
