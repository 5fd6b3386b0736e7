import { afterAll, beforeAll, expect, it } from "vitest";
import { hasChromium } from "../browser/chromium.js";
import { openProject, type Project } from "./project.js";
import { chromium, currentNode, currentNodeCommonjs } from "./runtimes.js";
import { cases } from "./suite.js";

// The other runtimes: npm run test:runtimes.
let project: Project;

beforeAll(async () => {
  project = await openProject();
}, 120_000);

afterAll(() => project.close());

const canRun = { Chromium: hasChromium() || process.env.CI === "true" };

it.each([currentNode, currentNodeCommonjs])(
  "$name passes the suite",
  { timeout: 60_000 },
  async ({ run }) => {
    await expectPassed(run);
  },
);

it.runIf(canRun.Chromium)("Chromium passes the suite", { timeout: 240_000 }, async () => {
  await expectPassed(chromium.run);
});

async function expectPassed(run: typeof chromium.run): Promise<void> {
  const results = await run(project, "");
  expect(results.filter(({ problem }) => problem)).toEqual([]);
  expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining(cases.map(({ name }) => name)));
}
