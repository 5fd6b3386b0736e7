// The cases are in client.py. Debian's python3-azure installs the official client for the system's Python only.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machineCertificate } from "../../src/emulator/certificate/machineCertificate.js";
import { startEmulator } from "../../src/emulator/index.js";
import { run } from "../helpers/command.js";
import { isGateMachine } from "../helpers/gateMachine.js";

const python = "/usr/bin/python3";
const program = fileURLToPath(new URL("client.py", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "acs-identity-python-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const list = await run(python, [program, "--list"], { cwd: folder }).catch((error: Error) => error);

if (list instanceof Error) {
  it.runIf(isGateMachine)(
    "The Python client runs the cases (needs python3-azure and python3-authlib)",
    () => {
      throw list;
    },
  );
} else {
  const { version, titles } = JSON.parse(list) as { version: string; titles: readonly string[] };
  const name = `azure-communication-identity ${version} for Python`;

  // Each client and each strictness once: which client sends a request makes no difference to the emulator.
  describe.each([
    ["sync", "strict"],
    ["aio", "standard"],
  ] as const)(`${name} (%s) with a %s emulator`, (mode, strictness) => {
    /** The error of each case, or null. */
    const errors = new Map<string, string | null>();

    beforeAll(async () => {
      // The same kind of certificate that --https creates.
      const { cert, key, file: authorityFile } = await machineCertificate("127.0.0.1", folder);
      const emulator = await startEmulator({ tls: { cert, key }, strictness });
      const env = { REQUESTS_CA_BUNDLE: authorityFile, SSL_CERT_FILE: authorityFile };
      try {
        const output = await run(python, [program, mode, emulator.url], { cwd: folder, env });
        for (const line of output.trim().split("\n")) {
          const { title, error } = JSON.parse(line) as { title: string; error: string | null };
          errors.set(title, error);
        }
      } finally {
        await emulator.close();
      }
    });

    for (const title of titles) {
      it(title, () => expect(errors.get(title)).toBeNull());
    }
  });
}
