// TypeScript names CommonJS output `.js`, which a package of type module reads as ESM. This renames it to `.cjs` and
// `.d.cts`, with the relative imports in it, so that dist needs no package.json of its own.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../dist/commonjs", import.meta.url));
const relativeImport = /((?:require|import)\(|from |import )(["'])(\.{1,2}\/[^"']+)\.js\2/g;
// A getter that only reads; a test that replaces an export by assignment needs a plain property, as others have it.
const reExport =
  /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return ([\w.]+); \} \}\);/g;

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = `${entry.parentPath}/${entry.name}`;
  if (!entry.isFile() || !/\.(?:js|d\.ts|js\.map)$/.test(path)) continue;
  const text = readFileSync(path, "utf8");
  const renamed = path
    .replace(/\.js\.map$/, ".cjs.map")
    .replace(/\.js$/, ".cjs")
    .replace(/\.d\.ts$/, ".d.cts");
  writeFileSync(
    path,
    path.endsWith(".map")
      ? text.replace(/"file":"([^"]+)\.js"/, '"file":"$1.cjs"')
      : text
          .replace(relativeImport, "$1$2$3.cjs$2")
          .replace(reExport, "exports.$1 = $2;")
          .replace(/(\/\/# sourceMappingURL=.+)\.js\.map/, "$1.cjs.map"),
  );
  renameSync(path, renamed);
}
