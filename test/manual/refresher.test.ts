// What docs/refresher.md and docs/frontEnds.md show for a page without a bundler and for several tabs, in Chromium. The components are in test/starters.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { codeBlocks, findSection, readText } from "../helpers/documents.js";
import { root } from "../helpers/packed.js";

const page = "docs/refresher.md";
const frontEnds = "docs/frontEnds.md";

describe("docs/frontEnds.md", () => {
  it("links each of its sections that has a block to copy", () => {
    const headings = [...readText(frontEnds).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
    const shown = headings.filter((heading) => /save this\s+as/i.test(findSection(frontEnds, heading)));
    const [list = ""] = readText(frontEnds).split("\n## ");
    expect(shown.length).toBeGreaterThan(4);
    expect(shown.filter((heading) => !list.includes(`[${heading}](#`))).toEqual([]);
  });
});

describeInChromium("the page without a bundler", (browserFor) => {
  it("shows the token that its endpoint issues, with the refresher as it is in the package", async () => {
    const [html = ""] = codeBlocks(frontEnds, "html");
    const [policy = ""] = codeBlocks(page, "text").filter((text) => text.includes("connect-src"));
    const tab = await (await browserFor()).newPage();
    await tab.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") {
        const headers = { "Content-Security-Policy": policy.trim() };
        return route.fulfill({ contentType: "text/html", headers, body: html });
      }
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

describeInChromium("the lines for several tabs", (browserFor) => {
  it("end the refresher of another tab at a sign-out in one", async () => {
    const [lines = ""] = codeBlocks(page, "js").filter((code) => code.includes("BroadcastChannel"));
    const html = `<script type="module">
      import { createTokenRefresher } from "/refresher/index.js";
      const refresher = createTokenRefresher({ fetchToken: async () => ({ token: "of alice", expiresInSeconds: 3600 }) });
      const agent = { dispose: async () => {} };
      const credential = { dispose: () => { document.title = "ended"; } };
      ${lines}
      await refresher.getToken();
      document.title = "connected";
      Object.assign(window, { refresher, signOut });
    </script>`;
    const context = await (await browserFor()).newContext();
    await context.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/sign-out") return route.fulfill({ status: 204 });
      const [, file = ""] = /^\/refresher\/(.+)$/.exec(pathname) ?? [];
      return file
        ? route.fulfill({ path: join(root, "dist/esm/refresher", file) })
        : route.fulfill({ contentType: "text/html", body: html });
    });
    const tabs = [await context.newPage(), await context.newPage()] as const;
    for (const tab of tabs) {
      await tab.goto("https://app.example/");
      await expect.poll(() => tab.title()).toBe("connected");
    }
    await tabs[0].evaluate("signOut()");
    for (const tab of tabs) {
      await expect.poll(() => tab.title()).toBe("ended");
      expect(await tab.evaluate("refresher.getToken().catch(({ name }) => name)")).toBe("AbortError");
    }
    await context.close();
  });
});
