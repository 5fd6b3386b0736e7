import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { benches } from "./benches.js";
import { eachState, prepareStates } from "./states.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Results {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const everyRule = { rules: { "target-size": { enabled: true } } };
const contrast = { runOnly: ["color-contrast"] };

/** Colors don't depend on the width, but some parts do, so the other two look at contrasts alone. */
const looks = [
  ["light", 1440, everyRule],
  ["dark", 1440, contrast],
  ["dark", 320, everyRule],
  ["light", 320, contrast],
] as const;

describeInChromium("the page", (browser) => {
  const bench = benches(browser);

  it("has no finding of axe and no small target in any state, light or dark, wide or narrow", async () => {
    const used = await bench({ strictness: "strict" });
    await prepareStates(used);
    const page = await used.open({ reducedMotion: "reduce" });
    await page.evaluate(axe);
    const setTouch = await touchOf(page);
    const findings: Record<string, unknown> = {};
    let part = "document";
    await eachState(page, async (state) => {
      const isDialog = state.startsWith("dialog");
      for (const [colorScheme, width, rules] of looks) {
        // A dialog looks the same at each width.
        if (isDialog && rules === contrast) continue;
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const violations = await violationsIn(page, isDialog ? "dialog[open]" : part, rules);
        if (violations.length > 0) findings[`${state}, ${colorScheme}, ${width} px`] = violations;
      }
      // The header and the list of requests are the same in each state.
      part = ".pane:not([hidden])";
      await page.setViewportSize({ width: 390, height: 844 });
      await setTouch(true);
      const small = await smallTargets(page);
      const tabs = await page.locator("nav a:visible").count();
      await setTouch(false);
      if (small.length > 0) findings[`${state}, small targets`] = small;
      if (tabs !== 5) findings[`${state}, tabs`] = tabs;
      await page.setViewportSize({ width: 1440, height: 900 });
    });
    expect(findings).toEqual({});
  });
});

async function violationsIn(page: Page, part: string, rules: object): Promise<unknown[]> {
  const place = part === "document" ? part : JSON.stringify(part);
  const options = JSON.stringify({ ...rules, resultTypes: ["violations"], preload: false });
  const { violations } = await page.evaluate<Results>(`axe.run(${place}, ${options})`);
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}

/** Returns what makes the pointer a finger, and a mouse again. */
async function touchOf(page: Page): Promise<(enabled: boolean) => Promise<unknown>> {
  const session = await page.context().newCDPSession(page);
  return (enabled) => session.send("Emulation.setTouchEmulationEnabled", { enabled });
}

/** Returns the controls that are smaller than a fingertip, 44 px. Those behind a dialog can't be reached. */
function smallTargets(page: Page): Promise<unknown[]> {
  return page.evaluate(() => {
    if (!matchMedia("(pointer: coarse)").matches) throw new Error("The pointer isn't a finger");
    const place = document.querySelector("dialog[open]") ?? document;
    return [...place.querySelectorAll("button:not(.skip), a[href], input, select, textarea, summary")]
      .filter((control) => control.checkVisibility())
      .map((control) => {
        const target = control.matches("[type=checkbox]") ? control.closest("label") : control;
        const { width = 0, height = 0 } = target?.getBoundingClientRect() ?? {};
        return [control.outerHTML.slice(0, 120), Math.round(width), Math.round(height)] as const;
      })
      .filter(([, width, height]) => width < 44 || height < 44);
  });
}
