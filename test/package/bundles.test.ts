import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommunicationIdentityClient } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { bundlers } from "../helpers/bundlers.js";
import { type UserProject, userProject } from "../helpers/project.js";
import { requireTools } from "../helpers/tools.js";
import { webGlobals } from "../helpers/webGlobals.js";

const page = `
import { CommunicationIdentityClient } from "acs-identity";
globalThis.Client = CommunicationIdentityClient;
`;

let project: UserProject;
let tools: NodeJS.Require;

beforeAll(async () => {
  tools = await requireTools(new URL("../helpers/tools/", import.meta.url));
  project = await userProject("bundles");
  await writeFile(join(project.folder, "page.js"), page);
});

afterAll(() => project.remove());

describe.each(bundlers)("$name", ({ name, bundle }) => {
  let script: string;

  beforeAll(async () => {
    const output = join(project.folder, name);
    await mkdir(output);
    script = await bundle(join(project.folder, "page.js"), output, tools);
  });

  it("leaves out the fake, the emulator, undici, msw and Node", async () => {
    const { code } = await transform(script, { minifyWhitespace: true, legalComments: "none" });
    expect(code).toContain("CommunicationIdentityClient");
    for (const word of [
      "testing",
      "startEmulator",
      "undici",
      "msw",
      "node:",
      "Buffer.from",
      "process.env.",
    ]) {
      expect(code.includes(word), word).toBe(false);
    }
  });

  it("produces a script whose client signs with WebCrypto", async () => {
    const context = createContext({ ...webGlobals }) as { Client: typeof CommunicationIdentityClient };
    runInContext(script, context);
    const { connectionString, httpClient } = createFakeIdentityService({ strictness: "strict" });
    const { communicationUserId } = await new context.Client(connectionString, { httpClient }).createUser();
    expect(communicationUserId).toMatch(/^8:acs:/);
  });
});
