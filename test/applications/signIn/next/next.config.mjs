import { fileURLToPath } from "node:url";

// The token endpoint imports the package from its build.
const root = fileURLToPath(new URL("../../../..", import.meta.url));

export default {
  // A folder that git ignores.
  distDir: "node_modules/.next",
  turbopack: { root, resolveAlias: { "acs-identity": "../../../../dist/esm/index.js" } },
};
