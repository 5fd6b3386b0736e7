import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { runProgram } from "../../../../src/cli/emulator/program.js";
import { makeSelfSigned } from "../../../../src/emulator/certificate/selfSignedCertificate.js";
import type { Emulator } from "../../../../src/emulator/index.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { acsIdentityHere } from "../../../helpers/cli/command.js";
import { freePort } from "../../../helpers/freePort.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

it.each([
  // Wine's cmd has a code of its own.
  ["can't be started", ["no-such-program"], process.platform === "win32" ? [127, 9009] : [127]],
  ["has ended", [process.execPath, "--eval", ""], [0]],
])("emulator -- COMMAND closes the emulator if the command %s", async (_, command, codes) => {
  const port = await freePort();
  const outcome = await acsIdentityHere(["emulator", "--port", String(port), "--", ...command]);
  expect(codes).toContain(outcome.code);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

it("leaves signals alone if the folder for certificates is gone", async () => {
  for (const name of ["TMPDIR", "TEMP"]) vi.stubEnv(name, join(import.meta.dirname, "gone"));
  const before = process.listeners("SIGTERM");
  const service = createFakeIdentityService();
  const emulator = { url: "https://127.0.0.1", connectionString: "", certificateFile: "ca.pem", service };
  await expect(runProgram(["node"], {}, [], emulator as unknown as Emulator, () => {})).rejects.toThrow(
    "gone (ENOENT)",
  );
  expect(process.listeners("SIGTERM")).toEqual(before);
});

it("leaves neither a handler of signals nor a file once its command has ended", async () => {
  const [folder, certificateFile] = [temporaryFolder(), join(temporaryFolder(), "emulator.pem")];
  for (const name of ["TMPDIR", "TEMP"]) vi.stubEnv(name, folder);
  writeFileSync(certificateFile, makeSelfSigned(["localhost"], new Date(), new Date("2049-01-01")).cert);
  const before = process.listeners("SIGTERM");
  const service = createFakeIdentityService();
  const emulator = { url: "https://127.0.0.1:1", connectionString: "", certificateFile, service };
  const program = [process.execPath, "--eval", ""];
  expect(await runProgram(program, {}, [], emulator as unknown as Emulator, () => {})).toBe(0);
  expect([process.listeners("SIGTERM"), readdirSync(folder)]).toEqual([before, []]);
});

it("gives a command the variables of Entra ID with a certificate of the user's own, too", async () => {
  const service = createFakeIdentityService();
  const emulator = { url: "https://127.0.0.1:1", connectionString: "", service } as unknown as Emulator;
  const program = [process.execPath, "--eval", "process.exitCode = process.env.AZURE_AUTHORITY_HOST ? 0 : 1"];
  expect(await runProgram(program, {}, [], emulator, () => {})).toBe(0);
});

it.each([
  [{}, "127.0.0.1"],
  [{ NO_PROXY: "intranet.test" }, "intranet.test,127.0.0.1"],
  [{ no_proxy: "127.0.0.1", NO_PROXY: "intranet.test" }, "127.0.0.1,intranet.test"],
  // Curl and Python know the asterisk only alone.
  [{ NO_PROXY: "*" }, "*"],
])("excepts the emulator from proxies: %j gets %s", async (before, expected) => {
  const service = createFakeIdentityService();
  const emulator = { url: "http://127.0.0.1:1", connectionString: "", service } as unknown as Emulator;
  const script =
    "process.exitCode = [process.env.NO_PROXY, process.env.no_proxy].every((hosts) => hosts === process.argv[1]) ? 0 : 1";
  const program = [process.execPath, "--eval", script, expected];
  expect(await runProgram(program, before, [], emulator, () => {})).toBe(0);
});
