import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { run } from "../package/command.js";
import { toolsOf } from "../package/tools.js";

const program = fileURLToPath(new URL("tokenCredentialProgram.ts", import.meta.url));
const installed = createRequire(import.meta.url);
const others = await toolsOf(new URL("communicationCommon/", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The scopes of each form's token. Entra options were added in 2.4.0. */
const scopesOf = {
  static: ["chat"],
  refresher: ["chat"],
  entra: ["chat", "chat.join", "chat.join.limited", "voip", "voip.join"],
  teamsExtension: ["voip"],
};
type Form = keyof typeof scopesOf;
const withoutEntra: readonly Form[] = ["static", "refresher"];
const everyForm: readonly Form[] = [...withoutEntra, "entra", "teamsExtension"];
const versions = [
  ["1.0.0", others.resolve("oldest"), withoutEntra],
  ["2.4.0", others.resolve("oldest-entra"), everyForm],
  ["2.4.2", installed.resolve("@azure/communication-common"), everyForm],
  ["2.5.0", others.resolve("newest"), everyForm],
] as const;

const folder = mkdtempSync(join(tmpdir(), "acs-identity-credential-"));
let emulator: Emulator;
/** The part of the user's id that follows the resource. */
let ownerOf: Readonly<Record<Exclude<Form, "static" | "refresher">, string>>;

beforeAll(async () => {
  const { ca, cert, key } = makeCertificates();
  writeFileSync(join(folder, "ca.pem"), ca);
  emulator = await startEmulator({ tls: { cert, key } });
  const { connectionString, httpClient, entra } = emulator.service;
  const { tenantId } = entra;
  const { objectId } = entra.users.find(({ username }) => username === "alice@contoso.com") ?? expect.fail();
  ownerOf = { entra: `wf_${tenantId}_${objectId}`, teamsExtension: `${tenantId}_${objectId}` };
  // Lets Alice use the Teams extension.
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user" });
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(versions)(
  "AzureCommunicationTokenCredential of communication-common %s",
  (_version, path, forms) => {
    let result: { userId: string; tokens: Record<string, { token: string; expiresOnTimestamp: number }> };

    beforeAll(async () => {
      const { url, connectionString, service } = emulator;
      const { authorityHost, tenantId, clientId } = service.entra;
      const target = [url, connectionString, clientId, `${authorityHost}/${tenantId}`, path, forms.join(",")];
      const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
      const output = await run(process.execPath, ["--import", "tsx", program, ...target], { cwd: root, env });
      result = JSON.parse(output);
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
