// `npm run samples` writes the samples as JavaScript: CommonJS, for projects without TypeScript or ES modules, and the
// one that is a module as an ES module, too.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/** Stands for an empty line, since the compiler drops empty lines but keeps comments. */
const emptyLine = "//empty line";

/** The command in a sample's comment that runs it. */
const usage = /node --import tsx (.*)samples\/(\w+)\.ts/g;

/** Returns the text of each edition by its path. A sample with several files has none. */
export function javaScriptEditions(): Map<string, string> {
  const names = readdirSync(samples).filter((name) => name.endsWith(".ts"));
  return new Map(
    names.flatMap((name) => {
      const source = readFileSync(`${samples}/${name}`, "utf8");
      if (/ from "\.\.?\//.test(source)) return [];
      const stem = name.replace(/\.ts$/, "");
      return /^export /m.test(source)
        ? [[`${stem}.mjs`, asModule(name, source)] as const, [`${stem}.cjs`, edition(name, source)] as const]
        : [[`javascript/${stem}.cjs`, edition(name, source)] as const];
    }),
  );
}

const headerOf = (name: string) =>
  `// Generated from samples/${name} by npm run samples: edit that file, or a copy of this one.\n`;

function transpile(source: string): string {
  const { outputText } = transpileModule(source.replace(/^$/gm, emptyLine), {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  return outputText.replaceAll(new RegExp(`^ *${emptyLine}$`, "gm"), "");
}

function format(ending: "cjs" | "mjs", input: string): string {
  const command = [biome, "format", `--stdin-file-path=samples/edition.${ending}`];
  return execFileSync(process.execPath, command, { input, encoding: "utf8" });
}

function asModule(name: string, source: string): string {
  return format("mjs", `${headerOf(name)}${transpile(source)}`);
}

function edition(name: string, source: string): string {
  const [imports, body] = splitAfterImports(transpile(source));
  const exported = Array.from(body.matchAll(/^export (?:function|const) (\w+)/gm), ([, each]) => each);
  const code = withoutTopLevelAwait(body.replaceAll(/^export /gm, ""))
    .replaceAll("await import(", "require(")
    .replaceAll("import.meta.url", 'require("node:url").pathToFileURL(__filename)');
  const end = exported.length > 0 ? `\nmodule.exports = { ${exported.join(", ")} };\n` : "";
  const text = `${headerOf(name)}${requires(imports)}${code}${end}`;
  const formatted = format("cjs", text.replaceAll(usage, "node $1samples/javascript/$2.cjs"));
  new Script(formatted, { filename: name }); // Throws if anything isn't valid CommonJS.
  return formatted;
}

function splitAfterImports(text: string): [imports: string, body: string] {
  const last = [...text.matchAll(/^(?:import|\}) .*from "[^"]+";\n/gm)].at(-1);
  const end = last ? last.index + last[0].length : 0;
  return [text.slice(0, end), text.slice(end)];
}

/** Writes `require` as people do. The compiler's own CommonJS is hard to read. */
function requires(imports: string): string {
  return imports.replace(/^import ([^;]+) from ("[^"]+");/gm, (_, what: string, from: string) => {
    return `const ${what.replaceAll(" as ", ": ")} = require(${from});`;
  });
}

function withoutTopLevelAwait(body: string): string {
  const call = "main().catch((error) => {\nconsole.error(error);\nprocess.exitCode = 1;\n});\n";
  if (/^await main\(\);$/m.test(body)) return body.replace(/^await main\(\);$/m, call);
  return /^\S.*\bawait\b/m.test(body) ? `\nasync function main() {\n${body.trim()}\n}\n\n${call}` : body;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(`${samples}/javascript`, { recursive: true });
  for (const [path, text] of javaScriptEditions()) writeFileSync(`${samples}/${path}`, text);
}
