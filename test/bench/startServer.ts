import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts the server of the loopback measurements. Disconnecting from it ends it. */
export async function startServer(
  { cert, key }: { readonly cert: string; readonly key: string } = { cert: "", key: "" },
): Promise<{
  readonly server: ChildProcess;
  readonly origin: string;
}> {
  const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [cert, key]);
  const [port] = await once(server, "message");
  return { server, origin: `http${cert ? "s" : ""}://127.0.0.1:${port}` };
}
