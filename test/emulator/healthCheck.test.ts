// The image's health check, beside an emulator that isn't in a container.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { freePort } from "../helpers/freePort.js";

const program = fileURLToPath(new URL("../../container/healthCheck.mjs", import.meta.url));
const { cert, key } = makeCertificates();

async function exitCodeOf(environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [program], { env: environment, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

describe("the container's health check", () => {
  it.each([
    ["http", {}, {}, 0],
    ["https with a certificate of your own", { tls: { cert, key } }, { ACS_EMULATOR_CERT: "/cert.pem" }, 0],
    ["https with the emulator's certificate", { tls: { cert, key } }, { ACS_EMULATOR_HTTPS: "true" }, 0],
    ["http, with the variable that https is off", {}, { ACS_EMULATOR_HTTPS: "false" }, 0],
    ["https that no variable names", { tls: { cert, key } }, {}, 1],
  ])("knows the scheme from the variables: %s", async (_, options, variables, code) => {
    const emulator = await startEmulator(options);
    onTestFinished(() => emulator.close());
    expect(await exitCodeOf({ ...variables, ACS_EMULATOR_PORT: new URL(emulator.url).port })).toBe(code);
  });

  it("fails if nothing listens", async () => {
    expect(await exitCodeOf({ ACS_EMULATOR_PORT: String(await freePort()) })).toBe(1);
  });
});
