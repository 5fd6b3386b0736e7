import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { type Installation, installation } from "../helpers/packed.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the package, under the official name, and the tools of the applications. */
    readonly installed: Installation;
  }
}

/** The name under which the applications have the package. */
export const alias = "@azure/communication-identity";

/** Packs the package, and installs it beside the tools, once for both test files, which run side by side. */
export async function setup(project: TestProject): Promise<void> {
  project.provide("installed", await installation(fileURLToPath(new URL(".", import.meta.url)), alias));
}
