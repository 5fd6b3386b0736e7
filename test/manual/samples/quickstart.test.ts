import { startEmulator } from "acs-identity/emulator";
import { describe, expect, it } from "vitest";
import { runSample } from "./runSample.js";

describe("the quickstart", () => {
  it("runs on its own emulator by default and says so", async () => {
    const output = await runSample("quickstart.ts");
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
    const { connectionString, close } = await startEmulator({ port: 0 });
    const env = { COMMUNICATION_CONNECTION_STRING: connectionString };
    const output = await runSample("quickstart.ts", { env }).finally(close);
    expect(output).not.toContain("using the emulator");
    expect(output).toMatch(/^Created a user +8:acs:/m);
  });
});
