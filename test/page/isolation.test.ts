import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { launchChromium } from "../helpers/browser/chromium.js";
import { describeInBrowser, describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { benches, openDetails } from "./benches.js";

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("loads one document and one module, and requests nothing from other origins", async () => {
    const { emulator, client, open, requests } = await bench();
    await client.createUserAndToken(["chat"]);
    const page = await open();
    await page.locator(".token").waitFor();
    expect(new Set(requests.map((request) => new URL(request.url()).origin))).toEqual(
      new Set([emulator.url]),
    );
    const files = requests.filter((request) => request.resourceType() !== "fetch");
    expect(files.map((request) => new URL(request.url()).pathname)).toEqual(["/", "/page.js"]);
  });

  it("is kept by its Content-Security-Policy from other origins, and from HTML that a script makes", async () => {
    const { consoleErrors, open } = await bench();
    const page = await open();
    await page.evaluate(async () => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
      const attempts = [
        () => fetch("https://example.com/"),
        () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
        () => Object.assign(document.createElement("script"), { src: "https://example.com/x.js" }),
        () => document.body.append(Object.assign(new Image(), { src: "https://example.com/x.png" })),
      ];
      for (const attempt of attempts) {
        try {
          await attempt();
        } catch {}
      }
    });
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { seen: string[] }).seen.toSorted()))
      .toEqual(["connect-src", "img-src", "require-trusted-types-for", "require-trusted-types-for"]);
    // The browser also logs each violation to the console.
    consoleErrors.length = 0;
    expect(await page.evaluate(() => document.querySelectorAll("b").length)).toBe(0);
  });

  it("shows HTML that a client sent as text", async () => {
    const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const { emulator, open } = await bench({ users: [{ customId: hostile }] });
    await fetch(`${emulator.url}/identities/${encodeURIComponent(hostile)}?api-version=${hostile}`, {
      method: "DELETE",
      headers: { "x-note": hostile },
    });
    const page = await open();
    await page.locator(".request a").click();
    await page
      .getByText(/^\d+ headers$/)
      .first()
      .click();
    expect(await page.locator(".user h3").textContent()).toBe(hostile);
    expect(await page.locator("#request").textContent()).toContain(`x-note: ${hostile}`);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toMatch(/ · acs-identity emulator · 127\.0\.0\.1:\d+$/);
  });

  it("is served without the access key, and stores nothing", async () => {
    const { emulator, open } = await bench({ accessKey: btoa("a key that must not leak") });
    const served = `${await (await fetch(emulator.url)).text()}${await (await fetch(`${emulator.url}/page.js`)).text()}`;
    expect(served).not.toContain(emulator.service.accessKey);
    const page = await open();
    expect(await page.locator("body").textContent()).not.toContain(emulator.service.accessKey);
    const stored = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
    expect(stored).toEqual([0, 0, ""]);
  });

  it("fits every width without scrolling sideways", async () => {
    const { client, emulator, open } = await bench({ users: [{ customId: "a".repeat(256) }] });
    await client.createUserAndToken(["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]);
    await fetch(`${emulator.url}/identities`, { method: "POST" });
    const page = await open();
    for (const width of [320, 380, 640, 768, 961, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      for (const place of ["requests", "users", "simulate", "entra", "settings", "request-2"]) {
        await page.evaluate((hash) => Object.assign(location, { hash }), `#/${place}`);
        await page
          .locator(`main[data-shown="${place.replace("request-", "")}"], main[data-shown="users"]`)
          .waitFor();
        await openDetails(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${place} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });
});

describeInChromium("a page whose name without a dot leads to this machine", () => {
  it("can't use the admin API of an emulator that is there for other machines", async () => {
    const emulator = await startEmulator({ host: "0.0.0.0" });
    onTestFinished(() => emulator.close());
    const browser = await launchChromium("--host-resolver-rules=MAP ai 127.0.0.1");
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://ai:${new URL(emulator.url).port}/help`);
    const statuses = await page.evaluate(async () => {
      const get = await fetch("/_emulator/info");
      const post = await fetch("/_emulator/users", { method: "POST" });
      return [get.status, post.status];
    });
    expect(statuses).toEqual([403, 403]);
  });
});
