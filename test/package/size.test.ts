import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { budgets } from "../bench/budgets.js";
import { type UserProject, userProject } from "../helpers/project.js";

/** Maximum size as a fraction of the official package's size in the same run. */
const budget = budgets.bundle;
/** Maximum sizes in bytes. README names that of the refresher. */
const budgetsInBytes: readonly (readonly [entry: string, exported: string, budget: number])[] = [
  ["refresher", "createTokenRefresher", 2048],
  ["token-endpoint", "createTokenEndpoint", 3200],
];

let project: UserProject;

beforeAll(async () => {
  project = await userProject("size");
});

afterAll(() => project.remove());

/** Returns the size in bytes of a web page's script that uses only one export, minified and gzipped. */
async function sizeOf(name: string, exported = "CommunicationIdentityClient"): Promise<number> {
  const entry = join(project.folder, `${name.replace(/\W/g, "-")}.js`);
  await writeFile(entry, `export { ${exported} } from "${name}";`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  const [script] = outputFiles;
  return script ? gzipSync(script.contents, { level: 9 }).length : expect.fail("nothing was built");
}

it(`a bundle of the client is at most ${budget} times the size of the official client's`, async () => {
  const official = await sizeOf("@azure/communication-identity");
  const ours = await sizeOf("acs-identity");
  const ratio = ours / official;
  console.log(
    `browser bundle, minified + gzip: ${ours} bytes, official ${official}, ratio ${ratio.toFixed(3)}`,
  );
  expect(ratio).toBeLessThanOrEqual(budget);
});

it.each(budgetsInBytes)("acs-identity/%s with %s has at most %d bytes", async (entry, exported, most) => {
  const bytes = await sizeOf(`acs-identity/${entry}`, exported);
  console.log(`${entry}, minified + gzip: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(most);
});
