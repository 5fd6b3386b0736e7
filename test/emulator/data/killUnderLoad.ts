import { signedHeaders } from "../../testing/sign.js";
import type { Command } from "../command.js";

const target = "/identities?api-version=2023-10-01";

/**
 * Creates users over several connections at once, kills the command once `count` users are acknowledged, that is,
 * once their responses have arrived completely, and returns the ids of the acknowledged users.
 */
export async function killUnderLoad(command: Command, count: number, connections = 16): Promise<string[]> {
  const { connectionString } = await command.ready();
  const [, endpoint = "", key = ""] = /^endpoint=(.*);accesskey=(.*)$/.exec(connectionString) ?? [];
  const { host } = new URL(endpoint);
  const acknowledged: string[] = [];
  // Under Wine, a connection to a killed process doesn't always end by itself.
  const ended = new AbortController();
  void command.ended.then(() => ended.abort());
  const client = async () => {
    for (;;) {
      const headers = signedHeaders({ method: "POST", target, host, key });
      const options = { method: "POST", headers, signal: ended.signal };
      const response = await fetch(new URL(target, endpoint), options);
      const { identity } = await response.json();
      if (response.status === 201) acknowledged.push(identity.id);
      if (acknowledged.length >= count) command.process.kill("SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: connections }, client));
  await command.ended;
  return acknowledged;
}
