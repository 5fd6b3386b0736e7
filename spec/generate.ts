import { fileURLToPath } from "node:url";
import { findDifferences, generateFiles, writeFiles } from "./generatedFiles.js";

// `tsx spec/generate.ts [--check]` writes the generated files, or checks whether they're up to date.
const root = fileURLToPath(new URL("..", import.meta.url));
const files = await generateFiles(root);
if (process.argv.includes("--check")) {
  const differences = await findDifferences(root, files);
  for (const difference of differences) console.error(difference);
  if (differences.length > 0) {
    console.error("Run `npm run generate` and commit what it writes.");
    process.exitCode = 1;
  }
} else {
  await writeFiles(root, files);
}
