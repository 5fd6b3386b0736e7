// Creates what the rows of a project share: certificates and the browser builds of the clients.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type LibraryOptions, type Plugin } from "vite";
import type { TestProject } from "vitest/node";
import { usePackagesOf } from "./packages.js";
import { makeCertificates } from "./servers/certificates.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the browser build of each package. */
    readonly browserBuilds: string;
    /** The folder whose lockfile pins Azure Core's packages, with a trailing slash. */
    readonly core: string;
    /** The Node version that the rows must run on, and whether this machine has it. */
    readonly node: { readonly major: string; readonly isHere: boolean };
  }
}

/** Takes the web's module where a module of the source has one beside it, as the build of the package does. */
const webModules: Plugin = {
  name: "web modules",
  enforce: "pre",
  resolveId(name, importer) {
    if (!importer || !/^\.{1,2}\/.*\.js$/.test(name)) return undefined;
    const path = join(dirname(importer), name.replace(/js$/, "web.ts"));
    return existsSync(path) ? path : undefined;
  },
};

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
      plugins: [usePackagesOf(core), webModules],
      define: { self: "globalThis" },
      build: { lib, outDir: folder, emptyOutDir: false, minify: false },
    });
  }
  return () => {
    certificates.remove();
    rmSync(folder, { recursive: true });
  };
}
