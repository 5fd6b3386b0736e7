import { AbortController as PolyfilledController } from "@azure/abort-controller";
import { expect, it, vi } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";

it("starts if the global AbortController is a polyfill, as in happy-dom", async () => {
  vi.stubGlobal("AbortController", PolyfilledController);
  const emulator = await startEmulator();
  try {
    const user = await new CommunicationIdentityClient(emulator.connectionString).createUser();
    expect(user.communicationUserId).toMatch(/^8:acs:/);
  } finally {
    await emulator.close();
  }
});
