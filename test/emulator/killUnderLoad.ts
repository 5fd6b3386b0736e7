import { Agent, request } from "node:http";
import { signedHeaders } from "../testing/sign.js";
import type { Command } from "./command.js";

const target = "/identities?api-version=2023-10-01";

/**
 * Creates users over several connections at once, kills the command after `milliseconds`, and returns the ids of
 * the acknowledged users, that is, those whose answers arrived completely.
 */
export async function killUnderLoad(
  command: Command,
  milliseconds: number,
  connections = 16,
): Promise<string[]> {
  const { connectionString } = await command.ready();
  const [, endpoint = "", key = ""] = /^endpoint=(.*);accesskey=(.*)$/.exec(connectionString) ?? [];
  const { host, hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const acknowledged: string[] = [];

  const create = () =>
    new Promise<boolean>((resolve) => {
      const headers = {
        host,
        "content-length": "0",
        ...signedHeaders({ method: "POST", target, host, key }),
      };
      const outgoing = request(
        { hostname, port, method: "POST", path: target, headers, agent },
        (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => {
            if (response.complete && response.statusCode === 201)
              acknowledged.push(JSON.parse(text).identity.id);
            resolve(response.complete);
          });
          response.on("error", () => resolve(false));
        },
      );
      outgoing.on("error", () => resolve(false)).end();
    });
  const worker = async () => {
    while (await create());
  };
  const workers = Array.from({ length: connections }, worker);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await command.kill("SIGKILL");
  await Promise.all(workers);
  agent.destroy();
  return acknowledged;
}
