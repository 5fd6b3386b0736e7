// The clients as a browser gets them: their browser builds, bundled, on the fetch of this process.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { corePlugin } from "./platform.js";
import { type PackageName, type Subject, subjectFrom } from "./subjects.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const entries: Record<PackageName, string> = {
  ours: `
    export { CommunicationIdentityClient, AzureKeyCredential } from "./src/index.js";
    export { createCommunicationKeyCredentialPolicy as createPolicy } from "./src/index.js";`,
  official: `
    export { CommunicationIdentityClient } from "@azure/communication-identity";
    export { AzureKeyCredential } from "@azure/core-auth";
    export { createCommunicationAuthPolicy as createPolicy } from "@azure/communication-common";`,
};

/** Only for a row with a process of its own, since the bundle finds a page's globals in it from then on. */
export async function browserBuildOf(name: PackageName): Promise<Subject> {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  try {
    const file = path.join(folder, `${name}.mjs`);
    writeFileSync(file, await bundle(entries[name], "esm"));
    // The global of a page, which the browser builds of Azure Core read.
    Reflect.set(globalThis, "self", globalThis);
    const module = await import(pathToFileURL(file).href);
    return subjectFrom(name, module.CommunicationIdentityClient, {
      keyCredential: (key) => new module.AzureKeyCredential(key),
      signingPolicy: module.createPolicy,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A script for a page, which leaves `callInPage` of inPage.ts as a global. */
export function pageScriptOf(name: PackageName): Promise<string> {
  const runner = `import { callInPageWith } from "./test/faults/inPage.js";
    globalThis.callInPage = (call) => callInPageWith(CommunicationIdentityClient, call);`;
  const client = entries[name].replace("export {", "import {").replace(/export[^;]*;/g, "");
  return bundle(`${client}\n${runner}`, "iife");
}

async function bundle(contents: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    format,
    platform: "browser",
    plugins: [corePlugin],
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
