// Puts the finished page into both builds of the package, after the compiler: tsx src/emulator/page/build.ts
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundlePage, repositoryRoot } from "./bundle.js";

/** What of this folder the package needs. */
const kept = ["page.js", "page.js.map", "page.d.ts", "assets.js", "assets.d.ts"];

async function buildPage(): Promise<void> {
  const assets = JSON.stringify(await bundlePage());
  const load = `const assets = ${assets};\n`;
  await putInto("dist/esm", `${load}export const loadPage = () => Promise.resolve(assets);\n`);
  await putInto("dist/commonjs", `"use strict";\n${load}exports.loadPage = () => Promise.resolve(assets);\n`);
}

async function putInto(build: string, module: string): Promise<void> {
  const folder = path.join(repositoryRoot(), build, "emulator/page");
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(path.join(folder, name), { recursive: true });
  }
  await writeFile(path.join(folder, "assets.js"), module);
}

void buildPage();
