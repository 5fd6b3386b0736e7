import { expect, it } from "vitest";
import { describeInBrowser } from "../../helpers/browser/describeInBrowser.js";
import { benches } from "../benches.js";

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("aligns its header with the panels at every width", async () => {
    const page = await (await bench()).open();
    for (const width of [375, 1280, 1720, 2200, 3000]) {
      await page.setViewportSize({ width, height: 800 });
      const left = (selector: string) =>
        page.locator(selector).evaluate((node) => node.getBoundingClientRect().left);
      const right = (selector: string) =>
        page.locator(selector).evaluate((node) => node.getBoundingClientRect().right);
      const isWide = width > 1000;
      expect(await left("h1"), `at ${width}`).toBeCloseTo(await left("#requests"), 0);
      if (isWide) expect(await right(".helpers"), `at ${width}`).toBeCloseTo(await right("#users"), 0);
    }
  });

  it("leaves most of a phone's screen to the requests", async () => {
    const { emulator, open } = await bench();
    await fetch(`${emulator.url}/identities`, { method: "POST" });
    const page = await open({ viewport: { width: 375, height: 800 } });
    const height = await page.locator("header").evaluate((node) => node.getBoundingClientRect().height);
    expect(height).toBeLessThan(170);
  });

  it("shows the first steps on a phone until the first request", async () => {
    const { client, open } = await bench();
    const page = await open({ viewport: { width: 390, height: 800 } });
    const steps = page.getByText("Let your app create a user and a token.");
    await steps.waitFor();
    await client.createUser();
    await page.locator(".request").waitFor();
    await steps.waitFor({ state: "hidden" });
  });

  it.each([375, 1280])("keeps a user's buttons at the top beside a long id at %i px", async (width) => {
    const id = (text: string) => `8:acs:00000000-0000-4000-8000-000000000001_${text}`;
    const { open } = await bench({
      resourceId: "00000000-0000-4000-8000-000000000001",
      users: [{ id: id("x".repeat(200)), customId: "y".repeat(200) }, { id: id("z".repeat(200)) }],
    });
    const page = await open({ viewport: { width, height: 800 } }, "#/users");
    for (const card of await page.locator(".user").all()) {
      const copy = await card.getByRole("button", { name: "Copy id" }).boundingBox();
      const code = await card.locator("code").boundingBox();
      expect(Math.abs((copy?.y ?? 0) - (code?.y ?? 999))).toBeLessThan(8);
      expect(copy?.x).toBeGreaterThan((code?.x ?? 0) + (code?.width ?? 999) - 1);
      if (width < 700) continue;
      const issue = await card.getByRole("button", { name: "Issue token" }).boundingBox();
      expect((issue?.y ?? 999) - ((await card.boundingBox())?.y ?? 0)).toBeLessThan(20);
    }
  });

  it("fits a usual id on one line beside its buttons at 1280 px", async () => {
    const { client, open } = await bench();
    await client.createUser();
    const page = await open();
    const id = await page.locator(".user h3").boundingBox();
    expect(id?.height).toBeLessThan(30);
  });

  it("keeps the connection string and the panes on one line each in small windows", async () => {
    const { open } = await bench();
    const page = await open({ viewport: { width: 640, height: 400 } });
    const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())?.height;
    expect(await heightOf("#connection-string")).toBeLessThan(30);
    await page.setViewportSize({ width: 320, height: 500 });
    expect(await heightOf("nav")).toBeLessThan(32);
  });

  it("breaks a path between its segments, and only if it must", async () => {
    const { emulator, open } = await bench();
    await fetch(`${emulator.url}/${"segment/".repeat(4)}${"end".repeat(8)}`);
    const page = await open({ viewport: { width: 360, height: 800 } });
    const lines = await page.locator(".what code").evaluate((code) => {
      const range = document.createRange();
      const tops = [...code.childNodes].flatMap((node) => {
        range.selectNodeContents(node);
        return node instanceof Text ? [[node.data, range.getClientRects().length] as const] : [];
      });
      return tops;
    });
    expect(lines.length).toBeGreaterThan(4);
    for (const [segment, count] of lines) expect(count, segment).toBe(1);
  });

  it.each([320, 1440])(
    "shows a dialog's error with its diagnosis in readable lines at %i px",
    async (width) => {
      const { open } = await bench();
      const page = await open({ viewport: { width, height: 900 } }, "#/users");
      await page.getByRole("button", { name: "New user" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Other scope").fill("foo");
      await page.keyboard.press("Enter");
      await dialog.getByText("400 ValidationError").waitFor();
      for (const text of await dialog.locator(".problem p").all())
        expect((await text.boundingBox())?.width).toBeGreaterThan(12 * 14);
      expect(await dialog.evaluate(({ scrollHeight }) => scrollHeight)).toBeLessThan(900);
    },
  );

  it.each([960, 1440])("keeps in line what has the date of another day at %i px", async (width) => {
    const { client, emulator, open } = await bench();
    const { user } = await client.createUserAndToken(["voip"]);
    emulator.service.clock.advance({ hours: 48 });
    await client.getToken(user, ["voip"]);
    const page = await open({ viewport: { width, height: 800 } });
    await page.locator(".token").nth(1).waitFor();
    await page.locator(".request").nth(1).waitFor();
    for (const part of [".what", ".scopes"]) {
      const boxes = await Promise.all((await page.locator(part).all()).map((each) => each.boundingBox()));
      expect(boxes[0]?.x, part).toBeCloseTo(boxes[1]?.x ?? 0, 0);
      expect(boxes[0]?.width, part).toBeGreaterThan(140);
    }
  });

  it("shows one thing at a time in a narrow window: the requests with their failures first", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    await fetch(`${emulator.url}/identities`, { method: "POST" });
    const page = await open({ viewport: { width: 375, height: 700 } });
    const visible = async () => {
      const parts = ["#requests", "#users", "#request-title", "#connection-string"];
      const shown = await Promise.all(parts.map((part) => page.locator(part).isVisible()));
      return parts.filter((_, index) => shown[index]);
    };
    const tabs = page.locator("nav a:visible");
    await expect.poll(visible).toEqual(["#requests"]);
    expect((await tabs.allTextContents()).map((text) => text.trim())).toEqual([
      "Requests 1 failed",
      "Users 1",
      "Simulate",
      "Entra ID",
      "Settings",
    ]);
    await page.locator(".request a").first().click();
    await expect.poll(visible).toEqual(["#request-title"]);
    await page.getByRole("button", { name: "Close" }).click();
    await expect.poll(visible).toEqual(["#requests"]);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("#/request-2");
    await tabs.nth(1).click();
    await expect.poll(visible).toEqual(["#users"]);

    await page.setViewportSize({ width: 1280, height: 700 });
    await expect.poll(visible).toEqual(["#requests", "#users", "#connection-string"]);
    expect(await tabs.first().textContent()).toMatch(/^Users/);
  });
});
