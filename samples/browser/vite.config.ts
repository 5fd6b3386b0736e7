import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { devServices } from "./devServices.js";

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative, so that the built page can be put at any path.
  base: "./",
  plugins: [devServices()],
});

export default config;
