// Set-ups of Entra users, over https with Microsoft's own libraries. test/unit/testing/entra has all of them on the fake.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { run } from "../../helpers/command.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";
import { expectedOf, prepare, setUps } from "../testing/operations/exchangeSetUps.js";

const program = await bundleProgram("test/unit/official/entraUsersProgram.ts");
const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "acs-identity-entra-users-"));
let emulator: Emulator;

beforeAll(async () => {
  const { ca, cert, key } = makeCertificates();
  writeFileSync(join(folder, "ca.pem"), ca);
  emulator = await startEmulator({ tls: { cert, key } });
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly token?: string;
  readonly error?: string;
}

/** Every ninth of 128 covers each value of each property. */
const tenth = setUps.filter((_, index) => index % 9 === 0);

describe("AzureCommunicationTokenCredential of Entra users", () => {
  it("has a token, or the error, of each of fifteen set-ups", { timeout: slowUnitTimeLimit }, async () => {
    expect(tenth).toHaveLength(15);
    for (const [name, values] of [
      ["principal", 4],
      ["application", 2],
      ["permission", 4],
      ["tenant", 2],
      ["servicePrincipal", 2],
    ] as const) {
      expect(new Set(tenth.map((setUp) => setUp[name])).size, name).toBe(values);
    }
    const signIns = tenth.map((setUp, index) => prepare(emulator.service, setUp, index + 1));
    const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
    const args = [program, emulator.url, JSON.stringify(signIns)];
    const outcomes: Outcome[] = JSON.parse(await run(process.execPath, args, { cwd: root, env }));
    for (const [index, setUp] of tenth.entries()) {
      const { entraError, diagnosis, scopes } = expectedOf(setUp);
      const { token, error } = outcomes[index] ?? {};
      const title = JSON.stringify(setUp);
      if (scopes) {
        const inspection = await emulator.service.inspectToken(token ?? "");
        expect(inspection.scopes?.toSorted(), title).toEqual(scopes);
      } else expect(error, title).toMatch(entraError ?? /403/);
      if (diagnosis)
        expect(emulator.service.requests.some((one) => diagnosis.test(one.diagnosis ?? ""))).toBe(true);
    }
  });
});
