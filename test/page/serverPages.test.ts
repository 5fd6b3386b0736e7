// The pages that the emulator's server renders, for those who don't use a mouse or don't see them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Results {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describeInChromium("the pages of the emulator's server", (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeAll(async () => {
    emulator = await startEmulator();
    const { entra } = emulator.service;
    // As long as a name can be that can't be broken, and one that would turn what follows round.
    const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
    entra.setUser({ objectId, username: `${"long".repeat(20)}@contoso.com`, name: "\u202Eecila" });
    page = await (await browser()).newPage();
  });

  afterAll(async () => {
    await page.close();
    await emulator.close();
  });

  const oauth2 = (path: string) => `${emulator.url}/${emulator.service.entra.tenantId}/oauth2/${path}`;

  /** @param redirectUri - Any page of this machine is allowed. */
  const signIn = (redirectUri = `${emulator.url}/help`) => {
    const query = {
      client_id: emulator.service.entra.clientId,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: "openid",
    };
    return oauth2(`v2.0/authorize?${new URLSearchParams(query)}`);
  };

  const startOnDevice = async () => {
    const { clientId: client_id } = emulator.service.entra;
    const scope = "https://communication.azure.com/clients/VoIP";
    const body = new URLSearchParams({ client_id, scope });
    return (await (await fetch(oauth2("v2.0/devicecode"), { method: "POST", body })).json()).user_code;
  };

  /** Describes what has the focus as a screen reader would: its name, and what describes it. */
  const focused = () =>
    page.evaluate(() => {
      const node = document.activeElement;
      const described = node?.getAttribute("aria-describedby")?.split(" ") ?? [];
      const texts = described.map((id) => document.getElementById(id)?.textContent);
      const label = (node as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return [label ?? node?.textContent, ...texts, node?.getAttribute("aria-invalid")];
    });

  it.each([
    ["Sign in to Emulator application", () => signIn()],
    ["This sign-in can't go on", () => signIn(`https://app.example/${"long".repeat(40)}`)],
    ["Enter code", () => oauth2("deviceauth")],
    ["That code didn't work", () => oauth2("deviceauth?user_code=WRONG")],
    ["You are signed out", () => oauth2("v2.0/logout")],
    ["There is no page here", () => `${emulator.url}/no/such/page`],
    ["Help", () => `${emulator.url}/help`],
  ])("have no finding of axe, and nothing that scrolls sideways: %s", async (title, address) => {
    await page.goto(address());
    expect(await page.title()).toBe(`${title} · acs-identity emulator`);
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    // What follows in a long list is like its first parts, and axe takes long for each.
    await page.evaluate(() => {
      for (const part of document.querySelectorAll("main :is(li, tr):nth-child(n + 4)")) part.remove();
    });
    await page.evaluate(axe);
    const findings: Record<string, unknown> = {};
    // What else a rule finds is the same in any color and width.
    const byLook = ["color-contrast", "target-size"];
    for (const [colorScheme, width, only] of [
      ["light", 1440, []],
      ["dark", 1440, byLook],
      ["dark", 320, byLook],
      ["light", 320, byLook],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const rules = only.length > 0 ? { runOnly: only } : { rules: { "target-size": { enabled: true } } };
      const options = { resultTypes: ["violations"], preload: false, ...rules };
      const { violations } = await page.evaluate<Results>(`axe.run(${JSON.stringify(options)})`);
      const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
      if (found.length > 0) findings[`${colorScheme} ${width}`] = found;
    }
    expect(findings).toEqual({});
  });

  it("have footers and contents that a finger can hit", async () => {
    const touch = await (await browser()).newPage({ hasTouch: true, isMobile: true });
    try {
      for (const address of [signIn(), `${emulator.url}/help`, `${emulator.url}/no/such/page`]) {
        await touch.goto(address);
        const heights = await touch
          .locator(":is(footer, nav) a")
          .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
        expect(Math.min(...heights), address).toBeGreaterThanOrEqual(44);
      }
    } finally {
      await touch.close();
    }
  });

  it("sign in with one key: the first user has the focus", async () => {
    await page.goto(signIn());
    expect(await focused()).toEqual([expect.stringMatching(/^Alice/), null]);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/help\?code=/);
  });

  it("take a device's code by keyboard, and say at the field why one doesn't work", async () => {
    const code = await startOnDevice();
    const hint = "The app or device that you sign in to shows it.";
    await page.goto(oauth2("deviceauth"));
    expect(await focused()).toEqual(["Code", hint, null]);
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await focused()).toEqual(["Code", hint, expect.stringContaining("didn't work"), "true"]);
    await page.keyboard.press("Control+a");
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in to Emulator application" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You have signed in" }).waitFor();
  });

  it("lead from the contents of the help to its sections", async () => {
    await page.goto(`${emulator.url}/help`);
    const contents = page.getByRole("navigation", { name: "Contents" });
    const links = await contents
      .getByRole("link")
      .evaluateAll((all) => all.map((each) => each.getAttribute("href")));
    const sections = await page
      .locator("main :is(h2, h3)")
      .evaluateAll((all) => all.map(({ id }) => `#${id}`));
    expect(links).toEqual(sections);
    await contents.getByRole("link", { name: "Denied: the clock" }).click();
    expect(await page.locator(":target").textContent()).toBe("Denied: the clock");
  });
});
