import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { isDebian13 } from "../helpers/gateMachine.js";
import { benches } from "./benches.js";

/** The Chromium of npm, which systems get that have no package of it, takes two to three times as long. */
const describeMeasured: typeof describeInChromium = isDebian13
  ? describeInChromium
  : (name) => it.skip(`${name} (skipped: the times are those of Debian 13's Chromium)`);

describeMeasured("the page with a thousand users", (browser) => {
  const bench = benches(browser);

  it("has no task of more than 50 ms while nothing goes on but the time", async () => {
    const { client, emulator, open } = await bench();
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 50 }, () => client.createUserAndToken(["voip"])));
    // Each token shows its seconds in the last ten minutes, so this is the most that can go on.
    emulator.service.clock.advance({ hours: 23, minutes: 55 });
    const page = await open();
    await page.route("**/_emulator/users?*", (route) =>
      route.continue({ url: route.request().url().replace("limit=50", "limit=1000") }),
    );
    await page.reload();
    await page.locator(".user").nth(999).waitFor({ state: "attached" });
    // So many users are folded until asked.
    await page.getByRole("button", { name: "Show user" }).first().click();
    const first = await page.locator(".token-state").first().textContent();
    // Another program can hold the browser up, so only what is long each time counts.
    await expect.poll(() => longTasks(page), { timeout: 120_000 }).toEqual([]);
    expect(await page.locator(".token-state").first().textContent()).not.toBe(first);
  });
});

describeMeasured("the page with twenty thousand requests", (browser) => {
  const bench = benches(browser);

  it("has no task of more than 100 ms while somebody types into the filter", async () => {
    const { emulator, open } = await bench();
    await fetch(`${emulator.url}/identities`, { method: "POST" });
    const [line] = (await (await fetch(`${emulator.url}/_emulator/requests?brief`)).json()).requests;
    const all = Array.from({ length: 20_000 }, (_, index) => ({
      ...line,
      number: 20_000 - index,
      target: `/identities/8:acs:00ac5000_${index}%2Fx?api-version=2023-10-01`,
    }));
    const page = await open();
    await page.route("**/_emulator/requests?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const before = Number(query.get("before") ?? 20_001);
      const after = Number(query.get("after") ?? 0);
      const found = all.filter(({ number }) => number < before && number > after);
      const requests = found.slice(0, Number(query.get("limit") ?? 100));
      return route.fulfill({ json: { requests, total: all.length, dropped: 0 } });
    });
    await page.reload();
    await page.getByRole("heading", { name: "Requests 20,000" }).waitFor();
    await page.waitForTimeout(2000);
    const filter = page.getByRole("searchbox", { name: "Filter requests" });
    const long = async () => {
      const tasks = longTasks(page);
      await filter.pressSequentially("00ac5000_199", { delay: 100 });
      await filter.fill("");
      return (await tasks).filter((duration) => duration > 100);
    };
    // Another program can hold the browser up, so only what is long each time counts.
    await expect.poll(long, { timeout: 60_000 }).toEqual([]);
  });
});

/** Returns how long the long tasks of the next five seconds took, in milliseconds. */
function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const durations: number[] = [];
    const observer = new PerformanceObserver((list) => {
      durations.push(...list.getEntries().map(({ duration }) => duration));
    });
    observer.observe({ type: "longtask" });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    observer.disconnect();
    return durations;
  });
}
