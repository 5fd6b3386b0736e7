// Writes dist: one module per entry and format, which loads faster than one per source file, and the declarations.
import { rmSync } from "node:fs";
import { type BuildOptions, build } from "rolldown";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { page } from "./page.js";

const external = /^(?:node:|@azure\/|undici$)/;
const client = { index: "src/index.ts" };
const others = {
  "testing/index": "src/testing/index.ts",
  "emulator/index": "src/emulator/index.ts",
  "undici/index": "src/undici/index.ts",
};

/** The page as it is at this moment, in the place of the module that bundles it. */
const finishedPage = {
  name: "finished page",
  load: {
    filter: { id: /build\/page\.ts$/ },
    handler: () => ({ code: JSON.stringify({ page }), moduleType: "json" as const }),
  },
};

const types = await rollup({
  input: { ...client, ...others },
  external,
  plugins: [dts()],
});

rmSync("dist", { recursive: true, force: true });
for (const [format, ending] of [
  ["esm", "js"],
  ["commonjs", "cjs"],
] as const) {
  const bundle = (input: Record<string, string>, platform: "node" | "neutral"): BuildOptions => ({
    input,
    external,
    platform,
    plugins: [finishedPage],
    transform: { target: "es2022" },
    output: {
      dir: `dist/${format}`,
      format,
      entryFileNames: `[name].${ending}`,
      chunkFileNames: `chunks/[name].${ending}`,
      minifyInternalExports: false,
      sourcemap: format === "esm",
      // Exports that a test can replace by assignment, and no import(), which Jest doesn't offer to CommonJS.
      externalLiveBindings: false,
      dynamicImportInCjs: false,
    },
  });
  const command = format === "esm" ? { "emulator/cli": "src/emulator/cli.ts" } : {};
  // `imports` of package.json chooses the Node or the web side of the client by the platform.
  await build([
    bundle(client, "node"),
    bundle({ "index.web": client.index }, "neutral"),
    bundle({ ...others, ...command }, "node"),
  ]);
  await types.write({
    dir: `dist/${format}`,
    entryFileNames: `[name].d.${ending.replace("j", "t")}`,
    chunkFileNames: `chunks/[name].d.${ending.replace("j", "t")}`,
    minifyInternalExports: false,
  });
}
