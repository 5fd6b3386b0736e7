import { Agent, request } from "node:http";
import { signedHeaders } from "../testing/sign.js";
import type { Command } from "./command.js";

const target = "/identities?api-version=2023-10-01";

/**
 * Creates users over several connections at once, kills the command once `count` users are acknowledged, that is,
 * once their answers have arrived completely, and returns the ids of the acknowledged users.
 */
export async function killUnderLoad(command: Command, count: number, connections = 16): Promise<string[]> {
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
            if (acknowledged.length >= count) command.process.kill("SIGKILL");
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
  // Under Wine, a connection to a killed process doesn't always end by itself.
  void command.ended.then(() => agent.destroy());
  await Promise.all(Array.from({ length: connections }, worker));
  await command.ended;
  return acknowledged;
}
