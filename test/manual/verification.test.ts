// docs/verification.md has a script that tries a real resource. Here the emulator takes the resource's place.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "acs-identity/emulator";
import { expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { codeBlocks, root } from "../helpers/documents.js";

/** Inside the repository, `acs-identity` is the built package. */
const folder = join(root, "test-results/verificationPage");

it("tries a resource with the script of docs/verification.md, and leaves no user", async () => {
  const [script = ""] = codeBlocks("docs/verification.md", "js");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "checkResource.mjs"), script);
  const emulator = await startEmulator();
  const env = { ...process.env, COMMUNICATION_CONNECTION_STRING: emulator.connectionString };
  const printed = await run(process.execPath, ["checkResource.mjs"], { cwd: folder, env });
  const { users } = emulator.service;
  await emulator.close();
  const pattern = [
    /Create a user: 201, MS-CV \S+/,
    /Issue a token: 200, MS-CV \S+/,
    / {2}It has \d+ characters, and is valid until \S+Z/,
    /Revoke its tokens: 204, MS-CV \S+/,
    /Delete the user: 204, MS-CV \S+/,
    /Issue another token: 401, MS-CV \S+/,
    / {2}Refused, as expected: IdentityNotOwned: Provided identity .+/,
  ];
  const lines = printed.trimEnd().split("\n");
  expect(lines).toEqual(pattern.map((line) => expect.stringMatching(line)));
  expect(users).toEqual([]);
});
