// Bundles index.js as `react-native bundle` does. Needs a newer Node than the other projects.
const { dirname } = require("node:path");
const { getDefaultConfig, mergeConfig } = require("@react-native/metro-config");
const Metro = require("metro");

const installed = dirname(dirname(require.resolve("acs-identity/package.json")));
const config = mergeConfig(getDefaultConfig(__dirname), {
  watchFolders: [dirname(installed)],
  resolver: { nodeModulesPaths: [installed] },
});
Metro.runBuild(config, {
  entry: "index.js",
  out: "bundle.js",
  platform: "ios",
  dev: false,
  minify: true,
}).then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
