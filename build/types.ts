import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, type IConfigFile } from "@microsoft/api-extractor";
import { shareTypes } from "./sharedTypes.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiled = `${root}/dist/types`;
const formats = [
  ["esm", "js"],
  ["commonjs", "cjs"],
] as const;

/** Writes one declaration file per entry and format. */
export function rollUpTypes(entries: readonly string[]): void {
  execFileSync(
    process.execPath,
    [`${root}/node_modules/typescript/bin/tsc`, "-p", `${root}/src/tsconfig.json`],
    {
      stdio: "inherit",
    },
  );
  for (const entry of entries) {
    const rolledUp = `${root}/dist/esm/${entry}.d.ts`;
    const config = ExtractorConfig.loadFile(`${root}/api-extractor.json`);
    const configObject: IConfigFile = {
      ...config,
      mainEntryPointFilePath: `${compiled}/${entry}.d.ts`,
      apiReport: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: rolledUp },
      messages: { extractorMessageReporting: { default: { logLevel: "none" as never } } },
    };
    const prepared = ExtractorConfig.prepare({
      configObject,
      configObjectFullPath: `${root}/api-extractor.json`,
      packageJsonFullPath: `${root}/package.json`,
    });
    const { succeeded } = Extractor.invoke(prepared, {
      messageCallback: (message) => {
        if (message.logLevel !== "error") message.handled = true;
      },
    });
    if (!succeeded) throw new Error(`The declarations of '${entry}' could not be rolled up.`);
    copyFileSync(rolledUp, `${root}/dist/commonjs/${entry}.d.cts`);
  }
  for (const [folder, ending] of formats) {
    const path = `${root}/dist/${folder}/emulator/index.d.${ending === "js" ? "ts" : "cts"}`;
    const fake = path.replace("/emulator/", "/testing/");
    writeFileSync(path, shareTypes(path, fake, `../testing/index.${ending}`));
  }
  rmSync(compiled, { recursive: true });
}
