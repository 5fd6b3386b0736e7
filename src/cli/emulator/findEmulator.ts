import { get } from "node:http";
import { json } from "node:stream/consumers";

/** The URL of the emulator that has this port, or undefined when something else has it. */
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
  // Nothing secret is sent, so it doesn't matter who has signed the certificate.
  const options = { host, port, path: "/_emulator/info", timeout: 1000, rejectUnauthorized: false };
  // Loaded only here: TLS takes a third of the start of the emulator.
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
