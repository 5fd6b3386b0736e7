// The page of docs/refresher.md that needs no bundler, in Chromium. The other blocks are in test/starters.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeInChromium } from "../../helpers/browser/describeInBrowser.js";
import { codeBlocks, findSection, readText } from "../../helpers/documents.js";
import { root } from "../../helpers/packed.js";

const page = "docs/refresher.md";

describe("docs/refresher.md", () => {
  it("links each of its sections that has a block to copy", () => {
    const headings = [...readText(page).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
    const shown = headings.filter((heading) => /save this\s+as/i.test(findSection(page, heading)));
    const [list = ""] = readText(page).split("\n## ");
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((heading) => !list.includes(`[${heading}](#`))).toEqual([]);
  });
});

describeInChromium("the page without a bundler", (browserFor) => {
  it("shows the token that its endpoint issues, with the refresher as it is in the package", async () => {
    const [html = ""] = codeBlocks(page, "html");
    const tab = await (await browserFor()).newPage();
    await tab.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") return route.fulfill({ contentType: "text/html", body: html });
      if (pathname === "/token")
        return route.fulfill({ json: { token: "of alice", expiresInSeconds: 3600 } });
      const [, file = ""] = /^\/refresher\/(.+)$/.exec(pathname) ?? [];
      return file
        ? route.fulfill({ path: join(root, "dist/esm/refresher", file) })
        : route.fulfill({ status: 404 });
    });
    await tab.goto("https://app.example/");
    await expect.poll(() => tab.locator("output").textContent()).toBe("of alice");
    await tab.close();
  });
});
