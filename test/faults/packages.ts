import type { Plugin } from "vite";

/** Resolves imports of Azure Core's packages and undici from `folder`, whose path ends with a slash. */
export function usePackagesOf(folder: string): Plugin {
  return {
    name: "packages",
    enforce: "pre",
    resolveId(name, importer) {
      if (
        !/^(?:@azure\/(?:core-|logger$)|undici$)/.test(name) ||
        importer?.startsWith(`${folder}node_modules`)
      )
        return undefined;
      return this.resolve(name, `${folder}package.json`, { skipSelf: true });
    },
  };
}
