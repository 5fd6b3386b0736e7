// Web bundlers, each with the configuration of a user without special requirements.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { type Plugin, rollup } from "rollup";
import { build } from "vite";

export interface Bundler {
  readonly name: string;
  /** Bundles an ES module for browsers and returns the script. */
  bundle(entry: string, outputFolder: string, tools: NodeJS.Require): Promise<string>;
}

interface WebpackStats {
  hasErrors(): boolean;
  toString(options?: object): string;
}
type Webpack = (options: object, done: (error: Error | null, stats?: WebpackStats) => void) => void;

/** @param name - The package of webpack, or of a bundler that takes its options. */
export async function bundleLikeWebpack(
  name: string,
  entry: string,
  path: string,
  tools: NodeJS.Require,
): Promise<string> {
  const bundler = tools(name) as Webpack | { readonly rspack: Webpack };
  const webpack = "rspack" in bundler ? bundler.rspack : bundler;
  const output = { path, filename: "page.js" };
  await new Promise<void>((resolve, reject) => {
    webpack({ mode: "production", target: "web", entry, output, performance: false }, (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
      else resolve();
    });
  });
  return readFile(join(path, "page.js"), "utf8");
}

export const bundlers: readonly Bundler[] = [
  {
    name: "esbuild",
    async bundle(entry) {
      const { outputFiles } = await esbuild.build({
        entryPoints: [entry],
        bundle: true,
        format: "iife",
        write: false,
      });
      return outputFiles[0]?.text ?? "";
    },
  },
  {
    name: "Vite",
    async bundle(entry, outDir) {
      const lib = { entry, formats: ["iife" as const], name: "page", fileName: () => "vite.js" };
      await build({
        root: outDir,
        configFile: false,
        logLevel: "silent",
        build: { lib, outDir, minify: false },
      });
      return readFile(join(outDir, "vite.js"), "utf8");
    },
  },
  {
    name: "webpack",
    bundle: (...args) => bundleLikeWebpack("webpack", ...args),
  },
  {
    name: "Rollup",
    async bundle(input, _, tools) {
      const { nodeResolve } = tools("@rollup/plugin-node-resolve") as {
        nodeResolve(options: object): Plugin;
      };
      const warnings: string[] = [];
      const onwarn = ({ message }: { message: string }) => warnings.push(message);
      const bundle = await rollup({ input, onwarn, plugins: [nodeResolve({ browser: true })] });
      try {
        const { output } = await bundle.generate({ format: "iife", name: "page" });
        if (warnings.length > 0) throw new Error(warnings.join("\n"));
        return output[0].code;
      } finally {
        await bundle.close();
      }
    },
  },
];
