import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../src/pipeline/version.js";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Constants from the specification, in files without imports. */
const generatedData = ["src/generated/apiVersions.ts", "src/generated/idSegments.ts"];
const clientFile = "src/communicationIdentityClient.ts";

const moduleName = /(?:^|[\s;}])(?:import|export)(?:[\s\w*{},$]*?\sfrom)?\s*\(?\s*["']([^"']+)["']/g;

/** Returns the paths of all TypeScript files below the folders, relative to the repository's root, with `/`. */
function sourcesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(folder, path).split(sep).join("/")),
  );
}

function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

interface Import {
  /** The module specifier as written, or the file's path if it's one of ours. */
  readonly target: string;
  readonly isTypeOnly: boolean;
}

function importsOf(path: string): Import[] {
  return [...textOf(path).matchAll(moduleName)].map(([statement, name = ""]) => ({
    target: name.startsWith(".")
      ? relative(root, join(root, dirname(path), name.replace(/\.js$/, ".ts")))
          .split(sep)
          .join("/")
      : name,
    isTypeOnly: /^\W*(?:import|export) type\b/.test(statement),
  }));
}

/** Returns the specifier with which `path` would import `target`, such as `./emulator/run.js`. */
function pathFrom(path: string, target: string): string {
  const name = relative(dirname(path), target).split(sep).join("/").replace(/\.ts$/, ".js");
  return name.startsWith(".") ? name : `./${name}`;
}

type Platform = "node" | "web";

/** Returns every file and package that `entry` loads at run time, with `#platform/*` of the given platforms. */
function reachedFrom(entry: string, platforms: readonly Platform[] = ["node", "web"]): Set<string> {
  const reached = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    const [, name] = /^#platform\/(.+)$/.exec(path) ?? [];
    if (name) {
      open.push(...platforms.map((platform) => `src/${name}.${platform}.ts`));
      continue;
    }
    reached.add(path);
    if (!path.endsWith(".ts")) continue;
    for (const { target, isTypeOnly } of importsOf(path)) if (!isTypeOnly) open.push(target);
  }
  return reached;
}

function inside(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

describe("the root of src", () => {
  it("contains only what users import", () => {
    const atRoot = sourcesIn("src").filter((path) => path.split("/").length === 2);
    const imported = importsOf("src/index.ts").map(({ target }) => target);
    expect(atRoot.filter((path) => path !== "src/index.ts" && !imported.includes(path))).toEqual([]);
    expect(atRoot.length).toBeLessThanOrEqual(8);
  });
});

describe("imports", () => {
  const reached = reachedFrom("src/index.ts");

  it("of the main entry reach the client, but not the fake, the emulator or undici", () => {
    expect([...reached]).toEqual(
      expect.arrayContaining([
        "src/communicationIdentityClient.ts",
        "src/generated/operations.ts",
        "src/generated/models.ts",
        "src/operation/sendOperation.ts",
        "src/pipeline/signature.ts",
        "src/pipeline/crypto.node.ts",
        "src/pipeline/crypto.web.ts",
        "@azure/core-rest-pipeline",
      ]),
    );
    const wrong = [...reached].filter(
      (path) =>
        inside(path, "src/testing", "src/emulator", "src/cli", "src/refresher", "src/undici") ||
        /^(?:undici|msw|@azure\/communication-\w+)(?:\/|$)/.test(path),
    );
    expect(wrong).toEqual([]);
  });

  it("of the refresher reach nothing but its own files", () => {
    const files = sourcesIn("src/refresher");
    expect(files.length).toBeGreaterThan(1);
    const wrong = files.flatMap((path) => [...reachedFrom(path)]).filter((path) => !files.includes(path));
    expect(wrong).toEqual([]);
  });

  it("go only one way: client, generated, operation, pipeline", () => {
    const rooms = ["src/client", "src/generated", "src/operation", "src/pipeline"];
    const upwards = rooms.flatMap((room, index) =>
      sourcesIn(room).flatMap((path) =>
        [...reachedFrom(path)]
          .filter((target) => inside(target, ...rooms.slice(0, index)) || target === clientFile)
          .filter((target) => !generatedData.includes(target))
          .map((target) => `${path} → ${target}`),
      ),
    );
    expect(upwards).toEqual([]);
  });

  it("of the main entry don't name optional peers, not even for types", () => {
    const files = [...reached].filter((path) => path.startsWith("src/"));
    const targets = files.flatMap((path) => importsOf(path).map(({ target }) => target));
    expect(targets.filter((target) => /^(?:undici|msw)(?:\/|$)/.test(target))).toEqual([]);
  });

  it("of the main entry name only runtime dependencies", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
    const packages = [...reached].filter((path) => !path.startsWith("src/"));
    expect(packages.filter((name) => !(name in dependencies) && !name.startsWith("node:"))).toEqual([]);
  });

  it("of the main entry reach node: modules only through #platform on Node", () => {
    const web = [...reachedFrom("src/index.ts", ["web"])];
    expect(web).toContain("src/pipeline/crypto.web.ts");
    expect(web.filter((path) => path.startsWith("node:"))).toEqual([]);
    expect([...reached]).toContain("node:crypto");
    const variant = /\.(?:node|web)\.ts$/;
    const wrong = [...reachedFrom("src/index.ts", ["node"])]
      .filter((path) => path.startsWith("src/") && !variant.test(path))
      .filter((path) => importsOf(path).some(({ target }) => variant.test(target)));
    expect(wrong, "only a variant names another by its path").toEqual([]);
  });

  it("of the fake take only versions, enum values, routes and types from the client, all in src/generated, and src/shared", () => {
    const wrong = sourcesIn("src")
      .filter((path) => inside(path, "src/testing"))
      .flatMap((path) => importsOf(path).map((imported) => ({ path, ...imported })))
      .filter(({ target, isTypeOnly }) => {
        if (!target.startsWith("src/") && !target.startsWith("#")) return false;
        if (inside(target, "src/testing", "src/shared")) return false;
        if (/^src\/generated\/(?:apiVersions|enumVersions|routes)\.ts$/.test(target)) return false;
        return !(isTypeOnly && inside(target, "src/generated"));
      });
    expect(wrong).toEqual([]);
  });

  it("of the client name neither the fake nor the emulator, and those of the fake don't name the emulator", () => {
    const wrong = sourcesIn("src")
      .filter((path) => !inside(path, "src/emulator", "src/cli"))
      .flatMap((path) => importsOf(path).map(({ target }) => ({ path, target })))
      .filter(
        ({ path, target }) =>
          inside(target, "src/emulator") || (inside(target, "src/testing") && !inside(path, "src/testing")),
      );
    expect(wrong).toEqual([]);
  });

  it("of the command reach the client by its public name, loopback.ts, proxyCredentials.node.ts or version.ts, and nothing imports the command", () => {
    const imports = sourcesIn("src").flatMap((path) =>
      importsOf(path).map(({ target }) => ({ path, target })),
    );
    const own = imports.filter(({ path, target }) => inside(path, "src/cli") && /^(?:src\/|#)/.test(target));
    const allowed = ({ target }: { target: string }) =>
      inside(target, "src/cli", "src/emulator", "src/testing", "src/shared") ||
      [
        "src/pipeline/loopback.ts",
        "src/pipeline/proxyCredentials.node.ts",
        "src/pipeline/version.ts",
      ].includes(target);
    expect(own.filter((each) => !allowed(each))).toEqual([]);
    expect(imports.some(({ path, target }) => inside(path, "src/cli") && target === "acs-identity")).toBe(
      true,
    );
    const intoCommand = imports.filter(
      ({ path, target }) => !inside(path, "src/cli") && inside(target, "src/cli"),
    );
    expect(intoCommand).toEqual([]);
  });

  it("needed to start the emulator include neither the client nor another command", () => {
    // These two, and what they import statically. The other commands are imported dynamically, when they're used.
    const atStart = new Set(["src/cli/acsIdentity.ts", "src/cli/emulator/run.ts"]);
    for (const path of atStart) {
      for (const { target, isTypeOnly } of importsOf(path)) {
        const name = target.startsWith("src/") ? pathFrom(path, target) : target;
        if (isTypeOnly || textOf(path).includes(`import("${name}")`)) continue;
        if (target.startsWith("src/")) atStart.add(target);
        else expect(target, path).toMatch(/^(?:node:|#emulatorPage)/);
      }
    }
    expect([...atStart]).toContain("src/emulator/startEmulator.ts");
    const others = [...atStart].filter((path) =>
      /^src\/cli\/(?:user|token|inspect|connection|doctor)/.test(path),
    );
    expect(others).toEqual([]);
  });

  it("of #platform/* resolve on both platforms", () => {
    const names = sourcesIn("src").flatMap((path) =>
      importsOf(path).flatMap(({ target }) => /^#platform\/(.+)$/.exec(target)?.[1] ?? []),
    );
    const missing = [...new Set(names)].flatMap((name) =>
      ["node", "web"]
        .map((side) => `src/${name}.${side}.ts`)
        .filter((path) => !sourcesIn("src").includes(path)),
    );
    expect(names.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  it("of generated files name only allowed modules, and signature.ts has none", () => {
    const generated = sourcesIn("src/generated").flatMap(importsOf);
    const allowed =
      /^src\/(?:generated\/\w+|operation\/(?:operation|sendOperation|wireReaders))\.ts$|^@azure\/core-client$/;
    expect(generated.map(({ target }) => target).filter((target) => !allowed.test(target))).toEqual([]);
    expect(importsOf("src/pipeline/signature.ts")).toEqual([]);
  });
});

describe("src/shared", () => {
  it("imports nothing", () => {
    expect(sourcesIn("src/shared").flatMap(importsOf)).toEqual([]);
  });
});

describe("a generated file", () => {
  it("says so in its first line", () => {
    for (const path of sourcesIn("src/generated")) {
      expect(textOf(path), path).toMatch(/^\/\/ Generated from spec\/ by npm run generate\. Do not edit\.\n/);
    }
  });
});

describe("packageVersion", () => {
  it("equals the version in package.json", () => {
    expect(JSON.parse(textOf("package.json"))).toMatchObject({ version: packageVersion });
  });
});
