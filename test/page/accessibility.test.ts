import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { benches, openDetails } from "./benches.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Results {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describeInChromium("the page", (browser) => {
  const bench = benches(browser);

  it.each([
    ["light", 1440],
    ["dark", 320],
  ] as const)("has no finding of axe in any view, %s and %i px wide", async (colorScheme, width) => {
    const { client, emulator, open } = await bench({ users: [{ customId: "bob" }], strictness: "loose" });
    const { user } = await client.createUserAndToken(["chat", "voip"]);
    await client.revokeTokens(user);
    await client.getToken(user, ["voip"]);
    emulator.service.clock.advance({ hours: 23, minutes: 55 });
    emulator.service.failNext({ status: 429 });
    await client.createUser().catch(() => undefined);
    await fetch(`${emulator.url}/identities`, { method: "POST", headers: { "x-acs-identity-doctor": "1" } });
    emulator.service.failNext({ status: 503 });
    const page = await open({ colorScheme, viewport: { width, height: 900 } });
    await page.evaluate(axe);
    const findings: Record<string, unknown> = {};
    const check = async (view: string) => {
      const { violations } = await page.evaluate<Results>(
        `axe.run({ resultTypes: ["violations"], preload: false, rules: { "target-size": { enabled: true } } })`,
      );
      if (violations.length > 0)
        findings[view] = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
    };
    for (const place of ["requests", "users", "simulate", "entra", "settings", "request-4", "request-5"]) {
      await page.evaluate((hash) => Object.assign(location, { hash }), `#/${place}`);
      const shown = place === "requests" && width >= 960 ? "users" : place.replace("request-", "");
      await page.locator(`main[data-shown="${shown}"]`).waitFor();
      await openDetails(page);
      if (place === "simulate") await page.getByRole("button", { name: "500" }).click();
      await check(place);
    }
    await page.evaluate(() => Object.assign(location, { hash: "#/users" }));
    await page.getByRole("button", { name: "Delete user bob" }).click();
    await check("dialog");
    await page.getByRole("dialog").getByRole("button", { name: "Delete user" }).click();
    await page.getByRole("button", { name: "Dismiss deleted user bob" }).waitFor();
    await check("deleted user");
    expect(findings).toEqual({});
  });
});
