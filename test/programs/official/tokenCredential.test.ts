import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { run } from "../../helpers/command.js";
import { requireTools } from "../../helpers/tools.js";

const program = await bundleProgram("test/programs/official/tokenCredentialProgram.ts");
const installed = createRequire(import.meta.url);
const others = await requireTools(new URL("../../helpers/communicationCommon/", import.meta.url));
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The scopes of each form's token. Entra options were added in 2.4.0, an expiry from a refresher in 2.5.0. */
const scopesOf = {
  static: ["chat"],
  refresher: ["chat"],
  refresherWithExpiry: ["chat"],
  entra: ["voip", "voip.join"],
  teamsExtension: ["voip"],
};
type Form = keyof typeof scopesOf;
const withoutEntra: readonly Form[] = ["static", "refresher"];
const withEntra: readonly Form[] = [...withoutEntra, "entra", "teamsExtension"];
const everyForm: readonly Form[] = [...withEntra, "refresherWithExpiry"];

/** The newest version needs Node 22. */
const nodePath = fileURLToPath(
  new URL("../../helpers/communicationCommon/node_modules/node-22/bin/node", import.meta.url),
);
const newestNode = existsSync(nodePath) ? nodePath : undefined;
const versions = [
  ["1.0.0", others.resolve("oldest"), withoutEntra, process.execPath],
  ["2.4.0", others.resolve("oldest-entra"), withEntra, process.execPath],
  ["2.4.2", installed.resolve("@azure/communication-common"), withEntra, process.execPath],
  ["2.5.0", others.resolve("newest"), everyForm, newestNode],
] as const;

const folder = mkdtempSync(join(tmpdir(), "acs-identity-credential-"));
let emulator: Emulator;
let encrypting: Emulator;
/** The part of the user's id that follows the resource. */
let ownerOf: Readonly<Record<"entra" | "teamsExtension", string>>;

beforeAll(async () => {
  const { ca, cert, key } = makeCertificates();
  writeFileSync(join(folder, "ca.pem"), ca);
  emulator = await startEmulator({ tls: { cert, key } });
  encrypting = await startEmulator({ tls: { cert, key }, encryptedTokens: true });
  for (const { service } of [emulator, encrypting]) {
    const { connectionString, httpClient, entra } = service;
    const { tenantId } = entra;
    const { objectId } =
      entra.users.find(({ username }) => username === "alice@contoso.com") ?? expect.fail();
    ownerOf = { entra: `wf_${tenantId}_${objectId}`, teamsExtension: `${tenantId}_${objectId}` };
    // Lets Alice use the Teams extension.
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user" });
  }
});
afterAll(async () => {
  await emulator.close();
  await encrypting.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly userId: string;
  readonly tokens: Readonly<Record<string, { token: string; expiresOnTimestamp: number }>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** Gets a token in each form from the credential at `path`, and returns what the program printed. */
async function credentialsOf(
  { url, connectionString, service }: Emulator,
  path: string,
  forms: readonly Form[],
  node: string,
): Promise<Result> {
  const { authorityHost, tenantId, clientId } = service.entra;
  const target = [url, connectionString, clientId, `${authorityHost}/${tenantId}`, path, forms.join(",")];
  const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  return JSON.parse(await run(node, [program, ...target], { cwd: root, env }));
}

describe.each(versions)(
  "AzureCommunicationTokenCredential of communication-common %s",
  (_version, path, forms, node) => {
    let result: Result;

    beforeAll(async () => {
      if (!node) return;
      result = await credentialsOf(emulator, path, forms, node);
      expect(result.errors).toEqual({});
    });

    const userOfValidToken = async (form: Form) => {
      const { token, expiresOnTimestamp } = result.tokens[form] ?? expect.fail(`no token of ${form}`);
      const { valid, userId, scopes, expiresOn } = await emulator.service.inspectToken(token);
      expect({ valid, scopes: scopes?.toSorted(), expires: expiresOn?.getTime() }).toEqual({
        valid: true,
        scopes: scopesOf[form],
        // Whole seconds: with Entra options it is the service's value, otherwise the token's claim.
        expires: Math.floor(expiresOnTimestamp / 1000) * 1000,
      });
      return userId;
    };

    if (!node) {
      it.skip("needs Node 22, which this machine can't have: Linux on x64");
      return;
    }

    it("returns a static token", async () => {
      expect(await userOfValidToken("static")).toBe(result.userId);
    });

    it("gets a token from a refresher", async () => {
      expect(await userOfValidToken("refresher")).toBe(result.userId);
    });

    if (!forms.includes("entra")) return;

    it("exchanges the Entra token of a user who signed in", async () => {
      expect(await userOfValidToken("entra")).toMatch(new RegExp(`_${ownerOf.entra}$`));
    });

    it("exchanges the Entra token of a user of the Teams extension", async () => {
      expect(await userOfValidToken("teamsExtension")).toMatch(new RegExp(`_${ownerOf.teamsExtension}$`));
    });
  },
);

describe("AzureCommunicationTokenCredential with tokens that can't be decoded", () => {
  it.each(withoutEntra)("fails in 2.4.2, which decodes the tokens that an app hands it: %s", async (form) => {
    const [, path] = versions[2];
    const { tokens, errors } = await credentialsOf(encrypting, path, [form], process.execPath).catch(
      // A proactive refresh that fails ends the process.
      (error: unknown) => ({ tokens: {}, errors: { [form]: String(error) } }),
    );
    expect(tokens).toEqual({});
    expect(errors[form]).toMatch(/Invalid token specified/);
  });

  it.skipIf(!newestNode)(
    "works in 2.5.0, with the service's expiry unless a refresher gives none",
    async () => {
      const [, path, forms] = versions[3];
      const before = Date.now();
      const { tokens, errors } = await credentialsOf(encrypting, path, forms, newestNode ?? "");
      expect(errors).toEqual({});
      for (const form of forms) {
        const { token = "", expiresOnTimestamp = 0 } = tokens[form] ?? {};
        const inspection = await encrypting.service.inspectToken(token);
        expect(inspection).toMatchObject({ valid: true, encrypted: true });
        expect(inspection.scopes?.toSorted()).toEqual(scopesOf[form]);
        if (form === "static" || form === "refresher") {
          // Of a token alone, the credential knows no expiry, and assumes ten minutes.
          expect(expiresOnTimestamp - 600_000, form).toBeGreaterThanOrEqual(before);
          expect(expiresOnTimestamp - 600_000, form).toBeLessThanOrEqual(Date.now());
        } else {
          expect(Math.floor(expiresOnTimestamp / 1000) * 1000, form).toBe(inspection.expiresOn?.getTime());
        }
      }
    },
  );
});
