import { get } from "node:http";
import { json } from "node:stream/consumers";

/** Returns the URL of the emulator that uses this port, or undefined when another program does. */
export async function findEmulator(host: string, port: number): Promise<string | undefined> {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  for (const scheme of ["http", "https"] as const) {
    if (await isEmulator(scheme, reachable, port)) {
      return `${scheme}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
    }
  }
  return undefined;
}

async function isEmulator(scheme: "http" | "https", host: string, port: number): Promise<boolean> {
  // The request contains no secrets, so the certificate needn't be trusted.
  const options = { host, port, path: "/_emulator/info", timeout: 1000, rejectUnauthorized: false };
  // Loaded lazily: loading TLS takes a third of the emulator's startup time.
  const getWith = scheme === "http" ? get : (await import("node:https")).get;
  return new Promise((resolve) => {
    const request = getWith(options, (response) => {
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
