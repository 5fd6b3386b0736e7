// Compares the public API of each entry with its report in this folder; `--update` writes the reports.
// Each entry of package.json's exports has a report, so that a changed API shows in a diff.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, type IConfigFile } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../..", import.meta.url));
const update = process.argv.includes("--update");
const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
  exports: Record<string, { readonly import: { readonly types: string } }>;
};
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));

const configs = entries.map((entry) => {
  const name = entry === "." ? "index" : entry.slice(2);
  const configObject: IConfigFile = ExtractorConfig.loadFile(`${root}/api-extractor.json`);
  return ExtractorConfig.prepare({
    configObject: {
      ...configObject,
      mainEntryPointFilePath: `<projectFolder>/${manifest.exports[entry]?.import.types}`,
      apiReport: { enabled: true, ...configObject.apiReport, reportFileName: `acs-identity.${name}` },
    },
    configObjectFullPath: `${root}/api-extractor.json`,
    packageJsonFullPath: `${root}/package.json`,
  });
});
// A compiler for all entries takes a third of the time that one for each would take.
const [first, ...others] = configs;
const compilerState =
  first &&
  CompilerState.create(first, {
    additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  });
const results = configs.map((config, index) => {
  const result = Extractor.invoke(config, {
    localBuild: update,
    ...(compilerState && { compilerState }),
    messageCallback: (message) => {
      // The bundled compiler is older than ours and says so each time. A changed report has a message of our own below.
      if (/^console-(?:preamble|compiler-version-notice|api-report-)/.test(message.messageId)) {
        message.handled = true;
      }
    },
  });
  return { entry: entries[index], result };
});

const failed = results.filter(
  ({ result }) => !result.succeeded || result.warningCount > (update && result.apiReportChanged ? 1 : 0),
);
for (const { entry, result } of failed) {
  console.error(
    result.apiReportChanged
      ? `The public API of '${entry}' differs from its report in tools/api/. If that is meant, run: npm run api`
      : `The public API of '${entry}' has the problems above.`,
  );
}
if (failed.length > 0) process.exitCode = 1;
else console.log(`API reports: ${entries.length} checked.`);
