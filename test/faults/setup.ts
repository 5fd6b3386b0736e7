// What the rows of a project share: certificates, and the clients as a browser gets them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type LibraryOptions } from "vite";
import type { TestProject } from "vitest/node";
import { useCoreOf } from "./core.js";
import { makeCertificates } from "./servers/certificates.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with a script for each package. */
    readonly browserBuilds: string;
    /** The folder whose lockfile has Azure Core's packages, with a slash at the end. */
    readonly core: string;
    /** The Node that the rows are to run on. */
    readonly node: { readonly major: string; readonly isHere: boolean };
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const { core, subjects } = project.getProvidedContext();
  const certificates = makeCertificates();
  project.config.env = { ...project.config.env, ...certificates.environment };
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  project.provide("browserBuilds", folder);
  for (const fileName of subjects.filter((subject) => subject !== "ours over undici")) {
    const entry = fileURLToPath(new URL(`clients/${fileName}.ts`, import.meta.url));
    const lib: LibraryOptions = { entry, fileName, formats: ["iife"], name: "client" };
    await build({
      configFile: false,
      logLevel: "error",
      plugins: [useCoreOf(core)],
      define: { self: "globalThis" },
      build: { lib, outDir: folder, emptyOutDir: false, minify: false },
    });
  }
  return () => {
    certificates.remove();
    rmSync(folder, { recursive: true });
  };
}
