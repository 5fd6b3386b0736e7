import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TokenCredential } from "@azure/core-auth";
import { isLoopback } from "../shared/loopback.js";
import { claimDate, readJwt } from "../testing/jwt/jwt.js";
import { CommandError } from "./errors.js";

/** Creates a `DefaultAzureCredential`, which tries environment variables, a managed identity and `az login`. */
export async function entraCredential(endpoint: string): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await loadIdentity();
  // Microsoft's list of authorities doesn't contain an emulator's.
  const isLocal = URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname);
  return new DefaultAzureCredential({ disableInstanceDiscovery: isLocal });
}

/** Wraps a token from elsewhere, such as from `az account get-access-token`. */
export function givenTokenCredential(token: string): TokenCredential {
  const expiresOn = claimDate(readJwt(token)?.claims.exp)?.getTime() ?? Date.now() + 60_000;
  return { getToken: async () => ({ token, expiresOnTimestamp: expiresOn }) };
}

async function loadIdentity(): Promise<typeof import("@azure/identity")> {
  const own = createRequire(import.meta.url).resolve("acs-identity/package.json");
  const manifest = findIdentity(dirname(own), process.cwd());
  if (manifest) return import(pathToFileURL(createRequire(manifest).resolve("@azure/identity")).href);
  throw new CommandError(
    "--endpoint signs in with Entra ID, which needs @azure/identity here: npm install @azure/identity. " +
      "Without it, pass a token on standard input: --entra-token -",
    1,
    "NO_AZURE_IDENTITY",
  );
}

/**
 * Returns the manifest of `@azure/identity`, which isn't a dependency, if it is installed beside this package or else
 * beside the nearest package.json. Node's own search would go through every parent folder, and others may write to one.
 */
export function findIdentity(packageFolder: string, workingFolder: string): string | undefined {
  return [...besidePackage(packageFolder), ...besideManifest(workingFolder)]
    .map((folder) => join(folder, "@azure", "identity", "package.json"))
    .find((manifest) => existsSync(manifest));
}

function besidePackage(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(basename(parent) === "node_modules" ? [parent] : [])];
}

/** Returns the `node_modules` beside the nearest package.json at or above a folder, if there is one. */
function besideManifest(folder: string): string[] {
  if (existsSync(join(folder, "package.json"))) return [join(folder, "node_modules")];
  const parent = dirname(folder);
  return parent === folder ? [] : besideManifest(parent);
}
