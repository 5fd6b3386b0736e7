import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bundler, bundleLikeWebpack, bundlers as others } from "../helpers/bundlers.js";

interface ParcelModule {
  readonly Parcel: new (options: object) => { run(): Promise<unknown> };
}

export const bundlers: readonly Bundler[] = [
  ...others,
  { name: "Rspack", bundle: (...args) => bundleLikeWebpack("@rspack/core", ...args) },
  {
    name: "Parcel",
    // Its `packageExports` is in package.json here.
    async bundle(entries, distDir, tools) {
      const { Parcel } = tools("@parcel/core") as ParcelModule;
      const engines = { browsers: "last 1 Chrome version" };
      const bundler = new Parcel({
        entries,
        targets: { page: { distDir, outputFormat: "global", engines } },
        defaultConfig: tools.resolve("@parcel/config-default"),
        defaultTargetOptions: { shouldOptimize: false, sourceMaps: false },
        mode: "production",
        shouldDisableCache: true,
      });
      await bundler.run();
      return readFile(join(distDir, "page.js"), "utf8");
    },
  },
];
