import { get } from "node:http";
import { reachableHost } from "../options/hosts.js";

/** The emulator can't listen on its host and port. Has the code of the error of `node:net`, its cause. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: string | undefined;

  constructor(message: string, cause: NodeJS.ErrnoException) {
    super(message, { cause });
    this.code = cause.code;
  }
}

/** Creates the error, which says what to do and, if another emulator has the port, which one. */
export async function listenError(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  isHttps: boolean,
): Promise<ListenError> {
  const running = cause.code === "EADDRINUSE" ? await findEmulator(host, port) : undefined;
  if (!running) return new ListenError(`${cause.message}. Choose another port or host`, cause);
  const runsHttps = running.startsWith("https:");
  const advice =
    runsHttps === isHttps
      ? "Use that one"
      : `It speaks ${runsHttps ? "https, not http" : "http, not https"}: stop it`;
  const message = `An emulator is already running on ${running}. ${advice}, or choose another port`;
  return new ListenError(message, cause);
}

/** Returns the URL of the emulator that uses this port, or undefined if another program does. */
async function findEmulator(host: string, port: number): Promise<string | undefined> {
  for (const scheme of ["http", "https"] as const) {
    const url = `${scheme}://${reachableHost(host)}:${port}`;
    if (await isEmulator(scheme, url)) return url;
  }
  return undefined;
}

/** Limits the answer of the program that uses the port, which may never end. */
const limitInMs = 2000;
const limitInBytes = 64 * 1024;

async function isEmulator(scheme: "http" | "https", url: string): Promise<boolean> {
  // The request contains no secrets, so the certificate needn't be trusted.
  const options = { signal: AbortSignal.timeout(limitInMs), rejectUnauthorized: false };
  // Loaded lazily: loading TLS takes a third of the emulator's startup time.
  const getWith = scheme === "http" ? get : (await import("node:https")).get;
  return new Promise((resolve) => {
    const request = getWith(`${url}/_emulator/info`, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > limitInBytes) request.destroy();
      });
      response.on("error", () => resolve(false));
      response.on("close", () => resolve(isInfo(text)));
    });
    request.on("error", () => resolve(false));
  });
}

function isInfo(text: string): boolean {
  try {
    const { connectionString } = Object(JSON.parse(text)) as { connectionString?: unknown };
    return typeof connectionString === "string";
  } catch {
    return false;
  }
}
