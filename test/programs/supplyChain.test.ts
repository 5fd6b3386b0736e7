import { readFileSync } from "node:fs";
import { access, cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../helpers/command.js";
import { type LockedPackage, lockfile, manifest, nameAt, runtimePlaces } from "../helpers/lockfile.js";
import { root } from "../helpers/packed.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";

describe("what users install", () => {
  const runtime = [...runtimePlaces()];

  it("is the package for Node 20 or later with six dependencies and two optional peers", () => {
    expect(manifest).toMatchObject({ engines: { node: ">=20.0.0" } });
    expect(Object.keys(manifest.dependencies).toSorted()).toEqual([
      "@azure/core-auth",
      "@azure/core-client",
      "@azure/core-rest-pipeline",
      "@azure/core-tracing",
      "@azure/logger",
      "tslib",
    ]);
    expect(manifest.peerDependencies).toEqual({ msw: ">=2.0.0", undici: ">=7.0.0" });
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
    const { dependencies, devDependencies, peerDependencies } = manifest;
    expect(lockfile.packages[""]).toMatchObject({ dependencies, devDependencies, peerDependencies });
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

describe("a folder with a lockfile", async () => {
  const lockfiles = await run("git", ["ls-files", "*package-lock.json"], { cwd: root });

  it.each(lockfiles.trim().split("\n"))("says beside %s what it is for", async (file) => {
    const { description } = JSON.parse(await readFile(join(root, dirname(file), "package.json"), "utf8"));
    expect(description).toMatch(/^[A-Z].+\.$/);
  });
});

describe("the folders that Dependabot updates", () => {
  const { updates } = parse(readFileSync(join(root, ".github/dependabot.yml"), "utf8")) as {
    readonly updates: readonly { readonly "package-ecosystem": string; readonly directories?: string[] }[];
  };
  const npm = updates.filter((update) => update["package-ecosystem"] === "npm");

  it.each(npm.flatMap(({ directories = [] }) => directories))("%s has a lockfile", async (folder) => {
    await access(join(root, folder, "package-lock.json"));
  });
});

describe("a package that doesn't support Node 20", () => {
  /** Whether one of the alternatives of a range, such as `^18 || >=20`, admits a version 20. */
  const admits20 = (range: string) =>
    range.split("||").some((alternative) => {
      const [major = 20] = /\d+/.exec(alternative)?.map(Number) ?? [];
      return major === 20 || (major < 20 && alternative.includes(">"));
    });

  it.each(["package-lock.json", "service/package-lock.json", "tools/package-lock.json"])(
    "is in %s only if npm skips it",
    async (file) => {
      const { packages } = JSON.parse(await readFile(join(root, file), "utf8"));
      const unfit = Object.entries<{ engines?: { node?: string }; optional?: boolean }>(packages).filter(
        ([, { engines, optional }]) => !optional && !admits20(engines?.node ?? "*"),
      );
      expect(unfit.map(([place]) => place)).toEqual([]);
    },
  );
});

describe("the tarball", () => {
  it("is published with a CycloneDX list of the packages that it was tested with", async () => {
    const folder = temporaryFolder();
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
});
