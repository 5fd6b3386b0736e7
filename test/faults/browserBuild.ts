// The clients as a browser gets them: their browser builds, bundled, on the fetch of this process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { SubjectName } from "./row.js";
import { type Subject, subjectFrom } from "./subjects.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const entries: Record<SubjectName, string> = {
  ours: `
    export { CommunicationIdentityClient, AzureKeyCredential } from "./src/index.js";
    export { createCommunicationKeyCredentialPolicy as createPolicy } from "./src/index.js";`,
  official: `
    export { CommunicationIdentityClient } from "@azure/communication-identity";
    export { AzureKeyCredential } from "@azure/core-auth";
    export { createCommunicationAuthPolicy as createPolicy } from "@azure/communication-common";`,
};

/** Only for a row with a process of its own, since the bundle finds a page's globals in it from then on. */
export async function browserBuildOf(name: SubjectName): Promise<Subject> {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  const outfile = path.join(folder, `${name}.mjs`);
  try {
    await build({
      stdin: { contents: entries[name], resolveDir: root, loader: "ts" },
      bundle: true,
      format: "esm",
      platform: "browser",
      conditions: ["browser"],
      alias: { "#platform": path.join(root, "src/platform/web.ts") },
      // Not ours, whose paths name the Node side of the platform split.
      tsconfigRaw: {},
      outfile,
      logLevel: "silent",
    });
    // The global of a page, which the browser builds of Azure Core read.
    Reflect.set(globalThis, "self", globalThis);
    const bundle = await import(pathToFileURL(outfile).href);
    return subjectFrom(name, bundle.CommunicationIdentityClient, {
      keyCredential: (key) => new bundle.AzureKeyCredential(key),
      signingPolicy: bundle.createPolicy,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
