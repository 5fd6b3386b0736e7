// Writes dist/sbom.cdx.json: what the package was built and tested with, of what its users install. Made from the
// lockfile alone, without a time and with a serial number that follows from the content, so that two builds of one
// commit are the same; npm's own (`npm sbom`) has a time and a random number in it, and leaves the dependencies out
// when development tools are left out.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = new URL("../", import.meta.url);
const manifest = readJson<{ name: string; version: string; license: string }>("package.json");
const { packages } = readJson<{ packages: Record<string, LockedPackage> }>("package-lock.json");

/** The runtime dependencies by name and version; some are installed in several places. */
const found = new Map<string, LockedPackage & { readonly name: string }>();
const graph: { ref: string; dependsOn: string[] }[] = [];
graph.push({ ref: refOf(manifest.name, manifest.version), dependsOn: visit("") });

const content = {
  metadata: {
    component: {
      type: "library",
      "bom-ref": refOf(manifest.name, manifest.version),
      name: manifest.name,
      version: manifest.version,
      purl: purlOf(manifest.name, manifest.version),
      licenses: [{ license: { id: manifest.license } }],
    },
  },
  components: [...found].map(([ref, { name, version = "", integrity, license }]) => ({
    type: "library",
    "bom-ref": ref,
    name,
    version,
    purl: purlOf(name, version),
    ...(license && { licenses: [{ license: { id: license } }] }),
    ...(integrity && { hashes: [hashOf(integrity)] }),
  })),
  dependencies: graph,
};

const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
const serial = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
const document = {
  $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: `urn:uuid:${serial}`,
  version: 1,
  ...content,
};
writeFileSync(new URL("dist/sbom.cdx.json", root), `${JSON.stringify(document)}\n`);

function visit(path: string): string[] {
  return Object.keys(packages[path]?.dependencies ?? {})
    .toSorted()
    .map((name) => {
      const place = placeOf(name, path);
      const locked = packages[place] ?? {};
      const ref = refOf(name, locked.version ?? "");
      if (!found.has(ref)) {
        found.set(ref, { ...locked, name });
        graph.push({ ref, dependsOn: visit(place) });
      }
      return ref;
    });
}

/** The nearest node_modules that has it, going up from where it is needed. */
function placeOf(name: string, from: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    const place = `${folder}${folder && "/"}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === "") throw new Error(`The lockfile has no ${name}: run npm install`);
  }
}

function refOf(name: string, version: string): string {
  return `${name}@${version}`;
}

function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm = "", value = ""] = integrity.split("-");
  return {
    alg: algorithm.toUpperCase().replace("SHA", "SHA-"),
    content: Buffer.from(value, "base64").toString("hex"),
  };
}

function readJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(name, root), "utf8"));
}
