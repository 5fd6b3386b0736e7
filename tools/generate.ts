import { fileURLToPath } from "node:url";
import { generateFiles, writeFiles } from "./generatedFiles.js";

// `npm run generate` writes the generated files. `npm run test:tools` checks whether they're up to date.
const root = fileURLToPath(new URL("..", import.meta.url));
await writeFiles(root, await generateFiles(root));
