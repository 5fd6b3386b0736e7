import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { javaScriptEditions } from "../../../tools/build/samples.js";

const folder = fileURLToPath(new URL("../../../samples/", import.meta.url));

it("npm run samples writes the JavaScript editions that are there", () => {
  const names = [
    ...readdirSync(`${folder}javascript`).map((name) => `javascript/${name}`),
    ...readdirSync(folder).filter((name) => /\.[cm]js$/.test(name)),
  ];
  const written = names.map((name) => [name, readFileSync(`${folder}${name}`, "utf8")] as const);
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(javaScriptEditions()));
  expect(names).toEqual(
    expect.arrayContaining(["javascript/quickstart.cjs", "tokenRoute.cjs", "tokenRoute.mjs"]),
  );
});
