import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packed.js";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export const manifest: Manifest = readJson("package.json");
export const lockfile: {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage & Partial<Manifest>>>;
} = readJson("package-lock.json");

/** Returns what users install besides the package: its transitive dependencies by their path in node_modules. */
export function runtimePlaces(): Map<string, LockedPackage> {
  const found = new Map<string, LockedPackage>();
  const open = [""];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const name of Object.keys(lockfile.packages[path]?.dependencies ?? {})) {
      const place = placeOf(name, path);
      if (found.has(place)) continue;
      found.set(place, lockfile.packages[place] ?? {});
      open.push(place);
    }
  }
  return found;
}

export function nameAt(place: string): string {
  return place.replace(/^.*node_modules\//, "");
}

/** Finds a package as Node does: in the nearest node_modules, going up. */
function placeOf(name: string, from: string): string {
  const folders = from.split("/node_modules/");
  for (let depth = folders.length; depth >= 0; depth--) {
    const folder = folders.slice(0, depth).join("/node_modules/");
    const place = `${folder && `${folder}/`}node_modules/${name}`;
    if (place in lockfile.packages) return place;
  }
  throw new Error(`The lockfile has no ${name}`);
}

function readJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(root, name), "utf8"));
}
