import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { requireTools } from "../helpers/tools.js";

const folder = new URL("./", import.meta.url);
/** msw 3 needs Node 22.12. This folder's package.json provides one for Linux on x64. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isRecent = major > 22 || (major === 22 && minor >= 12);

describe.skipIf(!isRecent)("identityHandlers under msw 3", () => {
  it("answer fetch and node:http, turn a dropped connection into a network error, and ignore other hosts", async () => {
    await requireTools(folder);
    // Below this folder, so that the program finds its packages.
    const program = fileURLToPath(new URL("node_modules/.case/case.mjs", folder));
    await mkdir(new URL("node_modules/.case/", folder), { recursive: true });
    await build({
      entryPoints: [fileURLToPath(new URL("../unit/testing/adapters/cases/msw.ts", import.meta.url))],
      outfile: program,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node22",
      alias: { msw: "msw-3" },
      external: ["msw-3", "@azure/core-rest-pipeline"],
      logLevel: "warning",
    });
    const output = await run(process.execPath, [program], { cwd: fileURLToPath(folder) });
    expect(JSON.parse(output)).toEqual({
      status: 201,
      id: "8:acs:",
      versions: true,
      viaHttp: 201,
      unknown: 404,
      dropped: "TypeError",
      stranger: "TypeError",
    });
  });
});
