import type { Plugin } from "vite";

/** Lets imports of Azure Core's packages end among the dependencies of another folder. */
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
