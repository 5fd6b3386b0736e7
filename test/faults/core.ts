import type { Plugin } from "vite";

/** Lets imports of Azure Core's packages end in another folder than the repository's node_modules. */
export function useCoreOf(folder: string): Plugin {
  return {
    name: "core",
    enforce: "pre",
    resolveId(name, importer) {
      const isCore = name.startsWith("@azure/core-") || name === "@azure/logger";
      if (!isCore || importer?.startsWith(folder)) return undefined;
      return this.resolve(name, `${folder}package.json`, { skipSelf: true });
    },
  };
}
