import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startEmulator } from "acs-identity/emulator";
import { describe, expect, it } from "vitest";
import { callService, withDatabaseFile } from "./harness.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

function start(env: Record<string, string>): ChildProcess {
  const { COMMUNICATION_CONNECTION_STRING: _, ...inherited } = process.env;
  return spawn(process.execPath, ["--import", "tsx", "samples/token-service/main.ts"], {
    cwd: root,
    env: { ...inherited, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function textOf(stream: ChildProcess["stdout"], until?: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) {
    text += chunk;
    if (until?.test(text)) break;
  }
  return text;
}

describe("one command", () => {
  it("runs the token service on an emulator of its own, and ends in peace", () =>
    withDatabaseFile(async (database) => {
      const service = start({ DATABASE: database });
      try {
        const output = await textOf(service.stdout, /Users in.*\n/);
        expect(output).toMatch(/^ACS +the emulator, http:\/\/127\.0\.0\.1:\d+$/m);
        expect(output).toContain(`Users in       ${database}\n`);
        const [, url] = /^Token service +(http:\S+)$/m.exec(output) ?? [];
        const signIn = await fetch(`${url}/dev/sign-in`, { method: "POST", body: "alice" });
        const { token } = (await signIn.json()) as { token: string };
        const { status, body } = await callService(`${url}/api/token`, "POST", token);
        expect(status).toBe(200);
        expect(body.user.communicationUserId).toMatch(/^8:acs:/);
      } finally {
        service.kill("SIGTERM");
      }
      const [code] = await once(service, "exit");
      expect(code).toBe(0);
    }));

  it("asks for real sign-ins when it is given a real resource", async () => {
    const emulator = await startEmulator();
    try {
      const { connectionString } = emulator;
      const service = start({ COMMUNICATION_CONNECTION_STRING: connectionString, DATABASE: ":memory:" });
      const [complaint, [code]] = await Promise.all([textOf(service.stderr), once(service, "exit")]);
      expect(complaint).toContain(
        "A real resource needs real sign-ins: set TOKEN_ISSUER, TOKEN_AUDIENCE and TOKEN_JWKS_URL",
      );
      expect(complaint).not.toContain(emulator.service.accessKey);
      expect(code).toBe(1);
    } finally {
      await emulator.close();
    }
  });
});
