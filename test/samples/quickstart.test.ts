import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "acs-identity/emulator";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function runQuickstart(connectionString?: string): Promise<string> {
  const { COMMUNICATION_CONNECTION_STRING: _, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "samples/quickstart.ts"],
    {
      cwd: root,
      env: connectionString ? { ...env, COMMUNICATION_CONNECTION_STRING: connectionString } : env,
    },
  );
  expect(stderr).toBe("");
  return stdout;
}

describe("the quickstart", () => {
  it("runs on its own emulator by default and says so", async () => {
    const output = await runQuickstart();
    expect(output).toMatch(
      /^COMMUNICATION_CONNECTION_STRING is not set: using the emulator at http:\/\/127\.0\.0\.1:\d+$/m,
    );
    expect(output).toMatch(/^Created a user +8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/m);
    expect(output).toMatch(/ in 24 hours$/m);
    expect(output).toMatch(/ in 60 minutes$/m);
    expect(output).toMatch(/the first token is +no longer valid: revoked$/m);
    expect(output).toMatch(/^New tokens are refused +401 IdentityNotOwned: /m);
    expect(output, "no whole token").not.toMatch(/eyJ[\w-]{20,}/);
  });

  it("uses the connection string's resource", async () => {
    const emulator = await startEmulator({ port: 0 });
    try {
      const output = await runQuickstart(emulator.connectionString);
      expect(output).not.toContain("emulator");
      expect(output).toMatch(/^Created a user +8:acs:/m);
    } finally {
      await emulator.close();
    }
  });
});
