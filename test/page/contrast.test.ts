import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { benches } from "./benches.js";

describeInChromium("the page", (browser) => {
  const bench = benches(browser);

  // WCAG 2.2, 1.4.11, requires this contrast for the parts that identify a control.
  it.each(["light", "dark"] as const)(
    "draws controls with a contrast of at least 3:1 in %s mode",
    async (colorScheme) => {
      const { open } = await bench();
      const page = await open({ colorScheme }, "#/entra");
      const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
      expect(isDark).toBe(colorScheme === "dark");
      await page.locator(".part input:visible").first().waitFor();
      for (const control of [
        "[type=search]",
        ".connection button:not(.quiet, .primary)",
        ".part button:not(.quiet)",
        ".part select:visible",
        ".part input:visible",
      ]) {
        const [border, ground] = await page
          .locator(control)
          .first()
          .evaluate((node) => {
            const { borderTopColor, backgroundColor } = getComputedStyle(node);
            return [borderTopColor, backgroundColor];
          });
        expect(contrast(border, ground), `${control} within`).toBeGreaterThanOrEqual(3);
      }
      const [line, ...grounds] = await colorsOf(page, ["--line-strong", "--surface", "--sunken", "--ground"]);
      for (const ground of grounds) expect(contrast(line, ground)).toBeGreaterThanOrEqual(3);
      // A quiet button has no border, so its text alone identifies it, on each ground and under the pointer.
      for (const quiet of [
        ["--muted", "--surface", "--sunken", "--bad-ground"],
        ["--accent", "--sunken"],
        ["--bad", "--sunken"],
      ]) {
        const [text, ...grounds] = await colorsOf(page, quiet);
        for (const ground of grounds) expect(contrast(text, ground), `${quiet}`).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it("draws how much of a token's time is left in a contrast theme, too", async () => {
    const { client, emulator, open } = await bench();
    await client.createUserAndToken(["voip"]);
    emulator.service.clock.advance({ hours: 12 });
    const page = await open({ forcedColors: "active" });
    const [track, bar] = await page.locator(".life, .life i").evaluateAll((nodes) =>
      nodes.map((node) => {
        const { backgroundColor, outlineStyle } = getComputedStyle(node);
        return { backgroundColor, outlineStyle, width: node.getBoundingClientRect().width };
      }),
    );
    // The bar differs from its ground, and an edge shows how long it was.
    expect(bar?.backgroundColor).not.toBe(track?.backgroundColor);
    expect(track?.outlineStyle).toBe("solid");
    expect((bar?.width ?? 0) / (track?.width ?? 0)).toBeCloseTo(0.5, 1);
  });

  it("has three sizes of text", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["voip"]);
    const page = await open({}, "#/request-1");
    await page.locator("#response").waitFor();
    const sizes = await page
      .locator("body *")
      .evaluateAll((nodes) =>
        nodes
          .filter(
            (node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3),
          )
          .map((node) => getComputedStyle(node).fontSize),
      );
    expect([...new Set(sizes)].sort()).toEqual(["12.5px", "14px", "15px"]);
  });

  it("outlines the current tab in a contrast theme, and no other one", async () => {
    const page = await (await bench()).open({ forcedColors: "active" }, "#/users");
    const outlined = await page
      .locator("nav a")
      .evaluateAll((tabs) =>
        tabs
          .filter((tab) => getComputedStyle(tab).outlineStyle !== "none")
          .map((tab) => tab.getAttribute("aria-current")),
      );
    expect(outlined).toEqual(["page"]);
  });
});

function colorsOf(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate((asked) => {
    const probe = document.body.appendChild(document.createElement("i"));
    const colors = asked.map((name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    });
    probe.remove();
    return colors;
  }, names);
}

/** Returns the WCAG contrast ratio of two colors such as `rgb(1, 2, 3)`. */
function contrast(one = "", other = ""): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((text) => {
    const part = Number(text) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
