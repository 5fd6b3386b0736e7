// Holds the direction of imports, as the compiler reads them.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../src/pipeline/version.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const clientFile = "src/communicationIdentityClient.ts";

interface Import {
  /** The file's path from the repository's root if it's one of ours, otherwise the specifier as written. */
  readonly target: string;
  readonly isTypeOnly: boolean;
  /** Whether it's loaded when it's used: `import()`. */
  readonly isDynamic: boolean;
}

/** The imports of each file in src. */
const sources: ReadonlyMap<string, readonly Import[]> = readSources();

function readSources(): Map<string, Import[]> {
  const paths = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join("src", path.replaceAll("\\", "/")));
  const isOurs = new Set(paths);
  const fileOf = (path: string, specifier: string) => {
    if (!specifier.startsWith(".")) return specifier;
    const target = join(dirname(path), specifier).replace(/\.js$/, "");
    return [`${target}.ts`, `${target}.tsx`].find((file) => isOurs.has(file)) ?? target;
  };
  return new Map(
    paths.map((path) => {
      const file = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest);
      return [path, importsOf(file).map((each) => ({ ...each, target: fileOf(path, each.target) }))];
    }),
  );
}

function importsOf(file: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  const add = (specifier: ts.Node | undefined, type: unknown, isDynamic = false) => {
    // Only an optional package of the user has a computed name.
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const isTypeOnly = type === true || type === ts.SyntaxKind.TypeKeyword;
    found.push({ target: specifier.text, isTypeOnly, isDynamic });
  };
  visit(file);
  return found;
}

function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

type Platform = "node" | "web";

/** Returns every file and package that `entries` load at run time, with `#platform/*` of the given platforms. */
function reachedFrom(
  entries: readonly string[],
  { platforms = ["node", "web"], follows = () => true }: Reach = {},
): string[] {
  const reached = new Set(entries);
  for (const path of reached) {
    const [, platformModule] = /^#platform\/(.+)$/.exec(path) ?? [];
    if (platformModule) {
      reached.delete(path);
      for (const platform of platforms) reached.add(`src/${platformModule}.${platform}.ts`);
    }
    for (const each of sources.get(path) ?? [])
      if (!each.isTypeOnly && follows(each)) reached.add(each.target);
  }
  return [...reached];
}

interface Reach {
  readonly platforms?: readonly Platform[];
  /** Whether to go on to what is imported so. Default: always. */
  readonly follows?: (each: Import) => boolean;
}

function inside(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

/** Returns each import of the files in `folders` that isn't allowed, as `from → to`. */
function wrongImports(
  isFrom: (path: string) => boolean,
  isAllowed: (each: Import, path: string) => boolean,
): string[] {
  return [...sources]
    .filter(([path]) => isFrom(path))
    .flatMap(([path, imports]) =>
      imports.filter((each) => !isAllowed(each, path)).map(({ target }) => `${path} → ${target}`),
    );
}

describe("the root of src", () => {
  it("contains only what users import", () => {
    const imported = sources.get("src/index.ts")?.map(({ target }) => target) ?? [];
    const atRoot = [...sources.keys()].filter((path) => dirname(path) === "src" && path !== "src/index.ts");
    expect(atRoot.filter((path) => !imported.includes(path))).toEqual([]);
  });
});

describe("imports", () => {
  const reached = reachedFrom(["src/index.ts"]);

  it("form no cycle, not even of types", () => {
    const done = new Set<string>();
    const cycleFrom = (path: string, trail: readonly string[]): string[] => {
      if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(" → ")];
      if (done.has(path)) return [];
      const cycles = (sources.get(path) ?? []).flatMap(({ target }) => cycleFrom(target, [...trail, path]));
      done.add(path);
      return cycles;
    };
    expect([...sources.keys()].flatMap((path) => cycleFrom(path, []))).toEqual([]);
  });

  it("of the main entry reach the client, but not the fake, the emulator or undici", () => {
    expect(reached).toEqual(
      expect.arrayContaining([clientFile, "src/pipeline/crypto.node.ts", "src/pipeline/crypto.web.ts"]),
    );
    const wrong = reached.filter(
      (path) =>
        inside(path, "src/testing", "src/emulator", "src/cli", "src/refresher", "src/undici") ||
        /^@azure\/communication-\w+/.test(path),
    );
    expect(wrong).toEqual([]);
  });

  it("of the refresher reach nothing but its own files", () => {
    const files = [...sources.keys()].filter((path) => inside(path, "src/refresher"));
    expect(files).toContain("src/refresher/index.ts");
    expect(
      wrongImports(
        (path) => files.includes(path),
        ({ target }) => files.includes(target),
      ),
    ).toEqual([]);
  });

  it("of the transport on undici reach nothing of this client, only its own files and src/shared", () => {
    const isOurs = ({ target }: Import) => /^(?:src\/|#)/.test(target);
    const wrong = wrongImports(
      (path) => inside(path, "src/undici"),
      (each) => !isOurs(each) || inside(each.target, "src/undici", "src/shared"),
    );
    expect(wrong).toEqual([]);
  });

  it("of src/shared don't exist", () => {
    expect(
      wrongImports(
        (path) => inside(path, "src/shared"),
        () => false,
      ),
    ).toEqual([]);
  });

  it("of the main entry name runtime dependencies and no optional peer, not even for types", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
    const isAllowed = ({ target }: Import) =>
      /^(?:src\/|#platform\/|node:)/.test(target) || target in dependencies;
    expect(wrongImports((path) => reached.includes(path), isAllowed)).toEqual([]);
  });

  it("go only one way: client, generated, operation, pipeline", () => {
    /** Constants from the specification, in files without imports. */
    const generatedData = ["src/generated/apiVersions.ts", "src/generated/idSegments.ts"];
    const rooms = ["src/client", "src/generated", "src/operation", "src/pipeline"];
    const upwards = rooms.flatMap((room, index) =>
      reachedFrom([...sources.keys()].filter((path) => inside(path, room)))
        .filter((target) => inside(target, ...rooms.slice(0, index)) || target === clientFile)
        .filter((target) => !generatedData.includes(target))
        .map((target) => `${room} → ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it("of the main entry reach node: modules only through #platform on Node", () => {
    const web = reachedFrom(["src/index.ts"], { platforms: ["web"] });
    expect(web.filter((path) => path.startsWith("node:"))).toEqual([]);
    expect(reached).toContain("node:crypto");
    const variant = /\.(?:node|web)\.ts$/;
    const byPath = wrongImports(
      (path) => reached.includes(path) && !variant.test(path),
      ({ target }) => !variant.test(target),
    );
    expect(byPath, "only a variant names another by its path").toEqual([]);
  });

  it("of #platform/* resolve on both platforms", () => {
    const names = new Set([...sources.values()].flatMap((imports) => imports.map(({ target }) => target)));
    const missing = [...names]
      .flatMap((name) => /^#platform\/(.+)$/.exec(name)?.[1] ?? [])
      .flatMap((name) => ["node", "web"].map((platform) => `src/${name}.${platform}.ts`))
      .filter((path) => !sources.has(path));
    expect(missing).toEqual([]);
  });

  it("of the fake take only versions, enum values, routes and types from the client, all in src/generated", () => {
    const isAllowed = ({ target, isTypeOnly }: Import) =>
      inside(target, "src/testing") ||
      /^src\/generated\/(?:apiVersions|enumVersions|routes)\.ts$/.test(target) ||
      (isTypeOnly && inside(target, "src/generated")) ||
      !/^(?:src\/|#)/.test(target);
    expect(wrongImports((path) => inside(path, "src/testing"), isAllowed)).toEqual([]);
  });

  it("of the wire of the fake stay in its folder and in src/generated", () => {
    const isAllowed = ({ target }: Import) => inside(target, "src/testing/wire", "src/generated");
    expect(wrongImports((path) => inside(path, "src/testing/wire"), isAllowed)).toEqual([]);
  });

  it("go from the command to the emulator, and from there to the fake", () => {
    const layers = ["src/testing", "src/emulator", "src/cli"];
    const isAllowed = ({ target }: Import, path: string) =>
      layers.every((layer, index) => !inside(target, layer) || inside(path, ...layers.slice(index)));
    expect(wrongImports(() => true, isAllowed)).toEqual([]);
  });

  it("of the emulator's page take types from the fake and the admin API's answers, and small helpers, but not the client", () => {
    const names = ["entra/environment", "probe", "shells"];
    const helpers = names.map((name) => `src/emulator/${name}.ts`);
    const isAllowed = ({ target, isTypeOnly }: Import) =>
      inside(target, "src/emulator/page/browser") ||
      helpers.includes(target) ||
      (isTypeOnly && (inside(target, "src/testing") || target === "src/emulator/admin/models.ts")) ||
      inside(target, "src/generated") ||
      /^@?preact\b/.test(target);
    const isPage = (path: string) => inside(path, "src/emulator/page/browser");
    expect([...sources.keys()].some(isPage)).toBe(true);
    expect(wrongImports(isPage, isAllowed)).toEqual([]);
  });

  it("of the command reach the client by its public name, the scopes of the specification, or a small helper", () => {
    const names = ["loopback", "proxyPolicy.node", "version"];
    const helpers = names.map((name) => `src/pipeline/${name}.ts`);
    const isAllowed = ({ target }: Import) =>
      inside(target, "src/cli", "src/emulator", "src/testing", "src/shared") ||
      helpers.includes(target) ||
      target === "src/generated/enumVersions.ts" ||
      !/^(?:src\/|#)/.test(target);
    expect(wrongImports((path) => inside(path, "src/cli"), isAllowed)).toEqual([]);
  });

  it("needed to start the emulator include neither the client nor another command", () => {
    // These two are imported dynamically; so are the other commands, when they're used.
    const atStart = reachedFrom(["src/cli/acsIdentity.ts", "src/cli/emulator/run.ts"], {
      follows: ({ isDynamic }) => !isDynamic,
    });
    expect(atStart).toContain("src/emulator/startEmulator.ts");
    const wrong = atStart.filter(
      (path) =>
        /^src\/cli\/(?:user|token|inspect|connection|doctor)/.test(path) ||
        !/^(?:src\/|node:|#emulatorPage)/.test(path),
    );
    expect(wrong).toEqual([]);
  });

  it("of generated files name only allowed modules", () => {
    const allowed =
      /^src\/(?:generated\/\w+|operation\/(?:operation|sendOperation|wireReaders))\.ts$|^@azure\/core-client$/;
    const isAllowed = ({ target }: Import) => allowed.test(target);
    expect(wrongImports((path) => inside(path, "src/generated"), isAllowed)).toEqual([]);
  });
});

describe("packageVersion", () => {
  it("equals the version in package.json", () => {
    expect(JSON.parse(textOf("package.json"))).toMatchObject({ version: packageVersion });
  });
});
