import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { javaScriptEditions } from "../../build/samples.js";
import { normalize, runSample } from "./runSample.js";

const folder = fileURLToPath(new URL("../../samples/javascript/", import.meta.url));

async function run(name: string, connectionString: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${folder}${name}.cjs`], {
    env: { ...process.env, COMMUNICATION_CONNECTION_STRING: connectionString },
  });
  expect(stderr).toBe("");
  return stdout;
}

describe("the JavaScript edition of the samples", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  it("matches what npm run samples writes", () => {
    const written = readdirSync(folder).map(
      (name) => [name, readFileSync(`${folder}${name}`, "utf8")] as const,
    );
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(javaScriptEditions()));
    expect(written.map(([name]) => name)).toContain("quickstart.cjs");
  });

  it("runs the quickstart on its own emulator", async () => {
    const output = await run("quickstart", "");
    expect(output).toMatch(/: using the emulator at http:\/\/127\.0\.0\.1:\d+$/m);
    expect(output).toMatch(/^New tokens are refused +401 IdentityNotOwned: /m);
  });

  it.each(["expiryAndScopes", "customId"])("prints what the TypeScript edition prints: %s", async (name) => {
    const { connectionString, service } = emulator;
    const before = service.requests.length;
    const output = normalize(await run(name, connectionString));
    expect(service.requests.length).toBeGreaterThan(before);
    const env = { COMMUNICATION_CONNECTION_STRING: connectionString };
    expect(output).toBe(normalize(await runSample(name, { env })));
  });
});
