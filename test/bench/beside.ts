// Compares this checkout with others and with the official package, in turn in one process, so that what else the machine does
// affects all of them. Each checkout needs its `dist`, from `npm run build`.
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../package/packed.js";
import { actionOf, type Package, type Scenario } from "./calls.js";
import { startServer } from "./startServer.js";
import type { Row } from "./table.js";

const rounds = 21;

function checkout(folder: string, overUndici: boolean): Package {
  const load = (entry: string) => import(pathToFileURL(join(folder, "dist/esm", entry)).href);
  return { client: () => load("index.js"), ...(overUndici && { undici: () => load("undici/index.js") }) };
}

async function cpuPerCall(action: () => unknown, { calls, inFlight = 1 }: Scenario): Promise<number> {
  const before = process.cpuUsage();
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await action();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** Returns a row for the stub, for loopback and for undici, with a column for each checkout. */
export async function measureBeside(folders: readonly string[]): Promise<Row[]> {
  const { server, origin } = await startServer();
  const scenarios: Readonly<Record<string, Scenario>> = {
    stub: { operation: "getToken", calls: 1_000 },
    "loopback, 16 in flight": { operation: "getToken", calls: 1_000, inFlight: 16, origin },
    "undici, 16 in flight": { operation: "getToken", calls: 1_000, inFlight: 16, origin },
  };
  const official: Package = { client: () => import("@azure/communication-identity") };
  const rows: Row[] = [];
  for (const [what, scenario] of Object.entries(scenarios)) {
    const actions: [string, () => unknown][] = [["official", await actionOf(official, scenario)]];
    for (const folder of [...folders, root]) {
      const subject = checkout(folder, what.startsWith("undici"));
      actions.push([folder === root ? "ours" : basename(folder), await actionOf(subject, scenario)]);
    }
    const values = Object.fromEntries(actions.map(([name]) => [name, [] as number[]]));
    for (let round = -4; round < rounds; round++) {
      for (const [name, action] of actions) {
        const cpu = await cpuPerCall(action, scenario);
        // The first rounds are for the compiler.
        if (round >= 0) values[name]?.push(cpu);
      }
    }
    rows.push({ what: `getToken, ${what}: CPU per call`, unit: "µs", values });
  }
  server.disconnect();
  return rows;
}
