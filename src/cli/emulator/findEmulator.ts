import { get } from "node:http";
import { json } from "node:stream/consumers";
import { reachableHost } from "../../emulator/reachableHost.js";

/** Returns the URL of the emulator that uses this port, or undefined when another program does. */
export async function findEmulator(host: string, port: number): Promise<string | undefined> {
  for (const scheme of ["http", "https"] as const) {
    const url = `${scheme}://${reachableHost(host)}:${port}`;
    if (await isEmulator(scheme, url)) return url;
  }
  return undefined;
}

async function isEmulator(scheme: "http" | "https", url: string): Promise<boolean> {
  // The request contains no secrets, so the certificate needn't be trusted.
  const options = { timeout: 1000, rejectUnauthorized: false };
  // Loaded lazily: loading TLS takes a third of the emulator's startup time.
  const getWith = scheme === "http" ? get : (await import("node:https")).get;
  return new Promise((resolve) => {
    const request = getWith(`${url}/_emulator/info`, options, (response) => {
      const body = json(response) as Promise<{ connectionString?: unknown }>;
      body.then(
        ({ connectionString }) => resolve(typeof connectionString === "string"),
        () => resolve(false),
      );
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
