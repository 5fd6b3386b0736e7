import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

it("the users and applications in the data file of an earlier version are completed", async () => {
  const folder = temporaryFolder();
  const data = join(folder, "state");
  const carol =
    '"objectId":"2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12","name":"Carol","username":"carol@contoso.com"';
  const mine =
    '"objectId":"3c7e6939-5f2d-4031-9c73-8c0e4b9d1023","name":"Mine","clientId":"3c7e6939-5f2d-4031-9c73-8c0e4b9d1023"';
  const tenant = '"tenantId":"00ac5000-7e4a-4717-8000-000000000001"';
  const lines = [
    '{"acsIdentityEmulator":4,"resourceId":"00ac5000-1de4-4717-8000-0000000000f5"}',
    '{"type":"stateReset","nextUser":1,"nextToken":1,"discardedUpTo":0}',
    `{"type":"entraUserSet",${carol},${tenant},"hasTeamsLicense":true,"hasRole":true}`,
    `{"type":"entraApplicationSet",${mine},${tenant},"clientSecrets":[],"certificates":[],"redirectUris":[],"permissions":[],"hasRole":true}`,
  ];
  writeFileSync(data, `${lines.join("\n")}\n`, { mode: 0o600 });
  const emulator = await startEmulator({ data });
  onTestFinished(() => emulator.close());
  const { entra } = emulator.service;
  expect(entra.users.at(-1)).toMatchObject({ name: "Carol", email: "carol@contoso.com" });
  expect(entra.applications.at(-1)).toMatchObject({ name: "Mine", enableIdTokenIssuance: true });
});
