import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { run } from "../package/command.js";
import { toolsOf } from "../package/tools.js";

const folder = new URL("msw3/", import.meta.url);

/** A Node that msw 3 runs on: this one, or the one that the tests of runtimes bring. */
async function nodeForMsw3(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  const require = await toolsOf(new URL("../runtimes/", import.meta.url));
  return fileURLToPath(new URL("bin/node", `file://${require.resolve("node-22/package.json")}`));
}

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "identityHandlers under msw 3 (on a Node packaged for Linux x64)",
  () => {
    it("answer fetch and node:http, make a drop a network error, and leave others alone", {
      timeout: 300_000,
    }, async () => {
      await toolsOf(folder);
      // Inside the folder of msw 3, so that the program finds it and no other.
      const program = fileURLToPath(new URL("node_modules/.case/case.mjs", folder));
      await mkdir(new URL("node_modules/.case/", folder), { recursive: true });
      await build({
        entryPoints: [fileURLToPath(new URL("mswCase.ts", import.meta.url))],
        outfile: program,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node22",
        external: ["msw", "@azure/core-rest-pipeline"],
        logLevel: "warning",
      });
      const output = await run(await nodeForMsw3(), [program], { cwd: fileURLToPath(folder) });
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
  },
);
