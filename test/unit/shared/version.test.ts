import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packageVersion } from "../../../src/shared/version.js";

it("packageVersion equals the version in package.json", () => {
  const manifest = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ version: packageVersion });
});
