import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: this is how Vitest finds it.
export default defineConfig({ test: { include: ["*.spec.ts"] } });
