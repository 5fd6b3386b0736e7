import type { Plugin } from "vite";

/** Resolves imports of Azure Core's packages from `folder`, whose path ends with a slash. */
export function useCoreOf(folder: string): Plugin {
  return {
    name: "core",
    enforce: "pre",
    resolveId(name, importer) {
      if (!/^@azure\/(core-|logger$)/.test(name) || importer?.startsWith(`${folder}node_modules`))
        return undefined;
      return this.resolve(name, `${folder}package.json`, { skipSelf: true });
    },
  };
}
