import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { devServices } from "./devServices.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const config: UserConfig = defineConfig({
  root: at("."),
  // Relative, so that the built page can be put at any path.
  base: "./",
  build: { rollupOptions: { input: [at("index.html"), at("redirect.html")] } },
  plugins: [devServices()],
});

export default config;
