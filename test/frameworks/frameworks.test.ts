// What starters don't cover: older compilers and types, and React Native's bundler and compiler.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { type Installation, installation } from "../helpers/packed.js";
import { binaryAt } from "../runtimes/binaries.js";
import { blockOf, serverFile, tokensFile } from "../starters/pages.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let installed: Installation;
let folder: string;

const tool = (path: string) => join(installed.folder, "node_modules", path);

beforeAll(async () => {
  installed = await installation(here);
  folder = await mkdtemp(join(installed.folder, "run-"));
  await cp(join(here, "projects"), folder, { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the token endpoint, and the lines for Functions and Next.js", () => {
  const all = ["20", "22", "26"];
  const compilers = { "4.9": ["20"], "5.9": all, "6.0": all, "7.0": all };

  it.each(
    Object.entries(compilers).flatMap(([version, types]) => types.map((each) => [version, each] as const)),
  )(
    "compile with TypeScript %s and @types/node %s, strict and not, with and without lib.dom, as CommonJS and nodenext",
    async (version, types) => {
      const project = join(folder, `typescript-${version}-types-${types}`);
      const packages = join(project, "node_modules");
      await mkdir(join(packages, "@types"), { recursive: true });
      for (const name of ["acs-identity", "@azure"]) await symlink(tool(name), join(packages, name));
      await symlink(tool(`types-node-${types}`), join(packages, "@types/node"));
      // As `func init` writes it, without a type, so in CommonJS.
      await writeFile(join(project, "package.json"), "{}");
      const functions = serverFile("Azure Functions");
      await mkdir(join(project, "src/functions"), { recursive: true });
      await writeFile(join(project, functions.path), functions.code);
      await writeFile(join(project, "src/tokens.ts"), tokensFile);
      await writeFile(join(project, "src/route.ts"), serverFile("Next.js").code);
      const compiler = tool(`typescript${version === "6.0" ? "" : `-${version}`}/bin/tsc`);
      const choices = ["commonjs", "nodenext"].flatMap((module) =>
        [true, false].flatMap((strict) =>
          [["es2022"], ["es2022", "dom"]].map((lib) => ({ module, strict, lib })),
        ),
      );
      for (const choice of choices) {
        // The rest is as `func init` writes it.
        const rest = {
          target: "es6",
          noEmit: true,
          skipLibCheck: true,
          types: ["node"],
          preserveSymlinks: true,
        };
        const config = {
          compilerOptions: { ...rest, ...choice },
          files: ["src/functions/token.ts", "src/route.ts"],
        };
        await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
        const output = await run(process.execPath, [compiler, "-p", project], {
          cwd: project,
          mayFail: true,
        });
        expect(output, JSON.stringify(choice)).toBe("");
      }
    },
  );
});

describe("the refresher in React Native", () => {
  it("compiles as docs/frontEnds.md shows it", async () => {
    const project = join(folder, "reactNative");
    await writeFile(join(project, "call.tsx"), blockOf("docs/frontEnds.md", "tsx", "react-native"));
    await run(process.execPath, [tool("typescript/bin/tsc"), "-p", project], { cwd: project });
  });

  it("is bundled by metro with React Native's preset, and compiled for Hermes", async () => {
    const node = (await binaryAt("node-24/bin/node")) ?? expect.fail("there is no Node 24");
    const project = join(folder, "reactNative");
    await run(node, ["bundle.cjs"], { cwd: project });
    const compiler = tool("hermes-compiler/hermesc/linux64-bin/hermesc");
    await run(compiler, ["-emit-binary", "-out", "bundle.hbc", "bundle.js"], { cwd: project });
    const [script, bytecode] = [
      await readFile(join(project, "bundle.js"), "utf8"),
      await readFile(join(project, "bundle.hbc")),
    ];
    expect(script).toContain("The token refresher was stopped");
    expect(bytecode.includes("The token refresher was stopped")).toBe(true);
  });
});
