// The image's health check, beside an emulator that isn't in a container.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { yes } from "../../src/cli/output.js";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { freePort } from "../helpers/freePort.js";

const program = fileURLToPath(new URL("../../container/healthCheck.mjs", import.meta.url));
const { cert, key } = makeCertificates();
const tls = { cert, key };

type Row = [string, EmulatorOptions, variables: Readonly<Record<string, string>>, code: number];

async function exitCodeOf(environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [program], { env: environment, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

describe("the container's health check", () => {
  it.each<Row>([
    ["http", {}, {}, 0],
    ["https with a certificate of your own", { tls }, { ACS_EMULATOR_CERT: "/cert.pem" }, 0],
    ...yes.map(
      (value): Row => [`https as ${value}`, { tls }, { ACS_EMULATOR_HTTPS: value.toUpperCase() }, 0],
    ),
    ["http, with the variable that https is off", {}, { ACS_EMULATOR_HTTPS: "false" }, 0],
    ["https that no variable names", { tls }, {}, 1],
  ])("knows the scheme from the variables: %s", async (_, options, variables, code) => {
    const emulator = await startEmulator(options);
    onTestFinished(() => emulator.close());
    expect(await exitCodeOf({ ...variables, ACS_EMULATOR_PORT: new URL(emulator.url).port })).toBe(code);
  });

  it("fails if nothing listens, or nothing answers", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const ports = [await freePort(), (silent.address() as AddressInfo).port];
    const codes = ports.map((port) => exitCodeOf({ ACS_EMULATOR_PORT: String(port) }));
    expect(await Promise.all(codes)).toEqual([1, 1]);
  });
});
