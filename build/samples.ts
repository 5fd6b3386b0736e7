// `npm run samples` writes the samples as JavaScript: CommonJS, for projects without TypeScript or ES modules.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

const samples = fileURLToPath(new URL("../samples", import.meta.url));
const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/** Stands for an empty line, since the compiler drops empty lines but keeps comments. */
const emptyLine = "//empty line";

/** The command in a sample's comment that runs it. */
const usage = /node --import tsx (.*)samples\/(\w+)\.ts/g;

/** Returns the text of each edition by its file name. A sample with several files has none, nor has a module. */
export function javaScriptEditions(): Map<string, string> {
  const names = readdirSync(samples).filter((name) => name.endsWith(".ts"));
  const sources = names.map((name) => [name, readFileSync(`${samples}/${name}`, "utf8")] as const);
  return new Map(
    sources
      .filter(([, source]) => !/ from "\.\.?\/|^export /m.test(source))
      .map(([name, source]) => [name.replace(/\.ts$/, ".cjs"), edition(name, source)]),
  );
}

function edition(name: string, source: string): string {
  const { outputText } = transpileModule(source.replace(/^$/gm, emptyLine), {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  const [imports, body] = splitAfterImports(outputText.replaceAll(new RegExp(`^ *${emptyLine}$`, "gm"), ""));
  const code = withoutTopLevelAwait(body)
    .replaceAll("await import(", "require(")
    .replaceAll("import.meta.url", 'require("node:url").pathToFileURL(__filename)');
  const header = `// Generated from samples/${name} by npm run samples. Do not edit.\n`;
  const text = `${header}${requires(imports)}${code}`;
  const input = text.replaceAll(usage, "node $1samples/javascript/$2.cjs");
  const format = [biome, "format", "--stdin-file-path=samples/edition.cjs"];
  const formatted = execFileSync(process.execPath, format, { input, encoding: "utf8" });
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
  for (const [name, text] of javaScriptEditions()) writeFileSync(`${samples}/javascript/${name}`, text);
}
