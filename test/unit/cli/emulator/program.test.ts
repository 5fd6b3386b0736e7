import { expect, it } from "vitest";
import { acsIdentityHere } from "../../../helpers/cli/command.js";
import { freePort } from "../../../helpers/freePort.js";

it("emulator -- COMMAND closes the emulator if the command can't be started", async () => {
  const port = await freePort();
  const outcome = await acsIdentityHere(["emulator", "--port", String(port), "--", "no-such-program"]);
  expect(outcome.err).toContain("no-such-program can't be started");
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
