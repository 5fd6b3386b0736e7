import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entraCredential, findIdentity } from "../../../src/cli/entraCredential.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";

describe("--endpoint", () => {
  /** Makes a folder in which somebody else has put a module, and an app in it. */
  function plantedFolder(): { readonly outer: string; readonly app: string } {
    const outer = temporaryFolder();
    install(outer);
    const app = join(outer, "app");
    mkdirSync(join(app, "src"), { recursive: true });
    writeFileSync(join(app, "package.json"), "{}");
    return { outer, app };
  }

  function install(folder: string): string {
    const place = join(folder, "node_modules", "@azure", "identity");
    mkdirSync(place, { recursive: true });
    const manifest = join(place, "package.json");
    writeFileSync(manifest, "{}");
    return manifest;
  }

  it("loads @azure/identity from beside this package", async () => {
    expect(await entraCredential("https://x.example")).toHaveProperty("getToken");
  });

  it("takes @azure/identity from beside the nearest package.json, and from no folder above it", () => {
    const { app } = plantedFolder();
    const own = join(app, "node_modules", "acs-identity");
    expect(findIdentity(join("/nowhere", "acs-identity"), join(app, "src"))).toBeUndefined();
    const installed = install(app);
    expect(findIdentity(join("/nowhere", "acs-identity"), join(app, "src"))).toBe(installed);
    // Beside this package is the same folder here.
    expect(findIdentity(own, "/")).toBe(installed);
  });

  it("takes no @azure/identity from above the folder that holds this package", () => {
    const { outer, app } = plantedFolder();
    expect(findIdentity(join(app, "node_modules", "acs-identity"), "/")).toBeUndefined();
    expect(findIdentity(join(outer, "somewhere", "acs-identity"), "/")).toBeUndefined();
  });
});
