import { get } from "node:http";
import { reachableHost } from "../../emulator/hosts.js";

/** Returns the URL of the emulator that uses this port, or undefined if another program does. */
export async function findEmulator(host: string, port: number): Promise<string | undefined> {
  for (const scheme of ["http", "https"] as const) {
    const url = `${scheme}://${reachableHost(host)}:${port}`;
    if (await isEmulator(scheme, url)) return url;
  }
  return undefined;
}

/** Whoever uses the port may never stop answering. */
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
