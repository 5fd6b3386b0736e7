import { readFileSync } from "node:fs";
import { cp, readFile, rm, symlink } from "node:fs/promises";
import { join, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { npm, run } from "./command.js";
import { type LockedPackage, lockfile, manifest, nameAt, runtimePlaces } from "./lockfile.js";
import { pack, packed, root, temporaryFolder } from "./packed.js";

describe("what users install", () => {
  const runtime = [...runtimePlaces()];

  it("is the package with six dependencies and two optional peers", () => {
    expect(Object.keys(manifest.dependencies).toSorted()).toEqual([
      "@azure/core-auth",
      "@azure/core-client",
      "@azure/core-rest-pipeline",
      "@azure/core-tracing",
      "@azure/logger",
      "tslib",
    ]);
    expect(Object.keys(manifest.peerDependencies ?? {}).toSorted()).toEqual(["msw", "undici"]);
    for (const name of Object.keys(manifest.peerDependencies ?? {})) {
      expect(manifest.peerDependenciesMeta?.[name]?.optional).toBe(true);
    }
  });

  it("contains only Azure's packages and seven others", () => {
    const names = [...new Set(runtime.map(([place]) => nameAt(place)))];
    expect(names.filter((name) => !name.startsWith("@azure/")).toSorted()).toEqual([
      "@typespec/ts-http-runtime",
      "agent-base",
      "debug",
      "http-proxy-agent",
      "https-proxy-agent",
      "ms",
      "tslib",
    ]);
  });

  it("runs no scripts when it is installed", () => {
    const hooks = [
      "preinstall",
      "install",
      "postinstall",
      "preprepare",
      "prepare",
      "postprepare",
      "prepublish",
    ];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
    expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => place)).toEqual(
      [],
    );
    expect(runtime.length).toBeGreaterThan(10);
  });
});

describe("the lockfile", () => {
  it("pins each package by hash, refers only to the npm registry, and matches package.json", () => {
    expect(lockfile.lockfileVersion).toBe(3);
    const { dependencies, devDependencies } = lockfile.packages[""] ?? {};
    expect(dependencies).toEqual(manifest.dependencies);
    expect(devDependencies).toEqual(manifest.devDependencies);
    const isPinned = ({
      integrity = "",
      resolved = "https://registry.npmjs.org/",
      link = false,
    }: LockedPackage) =>
      integrity.startsWith("sha512-") && resolved.startsWith("https://registry.npmjs.org/") && !link;
    const loose = Object.entries(lockfile.packages).filter(([place, locked]) => place && !isPinned(locked));
    expect(loose.map(([place]) => place)).toEqual([]);
  });
});

describe("the tarball", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder("supply");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is published with a CycloneDX list of the packages that it was tested with", async () => {
    const workflow = await readFile(join(root, ".github/workflows/publish.yml"), "utf8");
    const [, commands = ""] = /an SBOM\n +run: \|\n((?: {10}.+\n)+)/.exec(workflow) ?? [];
    for (const name of ["package.json", "package-lock.json"]) await cp(join(root, name), join(folder, name));
    await run("bash", ["-e", "-c", commands], { cwd: folder });
    const bom = JSON.parse(await readFile(join(folder, "sbom.cdx.json"), "utf8"));
    expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
    expect(bom.metadata.component.purl).toBe(`pkg:npm/${manifest.name}@${manifest.version}`);
    const locked = [...runtimePlaces()].map(([place, { version }]) => `${nameAt(place)}@${version}`);
    const listed: { name: string; version: string; hashes: { alg: string; content: string }[] }[] =
      bom.components;
    expect(listed.map(({ name, version }) => `${name}@${version}`).toSorted()).toEqual(
      [...new Set(locked)].toSorted(),
    );
    for (const { hashes } of listed) {
      expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
    }
  });

  it("is byte-for-byte the same when the same files are built elsewhere and at another time", async () => {
    const copy = join(folder, "copy");
    const skipped = new Set(["node_modules", ".git", "dist", "test", "test-results", "samples", "service"]);
    await cp(root, copy, {
      recursive: true,
      filter: (path) => !skipped.has(path.slice(root.length).split(sep)[0] ?? ""),
    });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    for (const name of ["tokenRoute.ts", "tokenRoute.mjs", "tokenRoute.cjs"]) {
      await cp(join(root, "samples", name), join(copy, "samples", name));
    }
    await npm(["run", "--silent", "build"], copy);
    const other = await pack(copy, copy);
    const [one, two] = [readFileSync(await packed()), readFileSync(other)];
    // Compare the names first, since a difference in the bytes alone says little.
    const [these, those] = [namesIn(one), namesIn(two)];
    expect(these.filter((name) => !those.includes(name)).slice(0, 5)).toEqual([]);
    expect(those.filter((name) => !these.includes(name)).slice(0, 5)).toEqual([]);
    expect(one.equals(two)).toBe(true);
  });
});

/** Lists the files in a tarball with their sizes in bytes. */
function namesIn(tarball: Buffer): string[] {
  const tar = gunzipSync(tarball);
  const names: string[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    names.push(`${tar.toString("utf8", at, at + 100).replace(/\0.*$/s, "")} ${size}`);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return names;
}
