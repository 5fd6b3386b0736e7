import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { benches, clipboardOf, focusedName, withClipboard } from "./benches.js";

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("creates a Teams user's token that can be exchanged", async () => {
    const { client, open } = await bench();
    const page = await open(withClipboard, "#/entra");
    const dialog = page.getByRole("form", { name: "Create an Entra ID token" });
    await dialog.getByLabel("For").selectOption({ index: 1 });
    const [clientId, userObjectId] = [
      await dialog.getByLabel("Client id").inputValue(),
      await dialog.getByLabel("User").inputValue(),
    ];
    await dialog.getByRole("button", { name: "Create token" }).click();
    await dialog.getByRole("button", { name: "Copy token just created" }).click();
    await expect.poll(() => clipboardOf(page)).toMatch(/^eyJ/);
    const teamsUserAadToken = await clipboardOf(page);
    const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    expect(token).toMatch(/^eyJ/);
    await dialog.getByLabel("Lifetime in minutes").fill("-5");
    await dialog.getByRole("button", { name: "Create token" }).click();
    const result = dialog.getByRole("textbox", { name: "New token" });
    await expect.poll(() => result.inputValue()).not.toBe(teamsUserAadToken);
    const expired = { teamsUserAadToken: await result.inputValue(), clientId, userObjectId };
    await expect(client.getTokenForTeamsUser(expired)).rejects.toMatchObject({ code: "InvalidAccessToken" });
  });

  it("adds a user and gets their Entra token with a few keys, whose focus is always in view", async () => {
    const { emulator, open } = await bench();
    const page = await open({ ...withClipboard, viewport: { width: 1280, height: 500 } }, "#/entra");
    const leadsTo = async (name: string) => {
      const control = page.locator(":focus");
      await expect.poll(() => focusedName(page)).toBe(name);
      const { y = -1, height = 0 } = (await control.boundingBox()) ?? {};
      expect(y, name).toBeGreaterThanOrEqual(0);
      expect(y + height, name).toBeLessThanOrEqual(500);
    };
    const press = (key: string) => page.keyboard.press(key);
    await page
      .getByLabel("For", { exact: true })
      .selectOption({ label: "An Entra user, for getTokenForEntraUser" });
    await page.getByText("Add a user or an application").focus();
    for (const key of ["Enter", "Tab", "Tab"]) await press(key);
    await page.keyboard.type("zoe@contoso.com");
    await press("Enter");
    await leadsTo("Get token for zoe@contoso.com");
    await press("Enter");
    await leadsTo("Create token");
    await press("Enter");
    await leadsTo("Copy token just created");
    await press("Enter");
    await expect.poll(() => clipboardOf(page)).toMatch(/^eyJ/);
    const exchange = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";
    const response = await fetch(emulator.url + exchange, {
      method: "POST",
      headers: { authorization: `Bearer ${await clipboardOf(page)}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(200);
  });

  it("shows the button that creates a token after Get token, wherever that was clicked", async () => {
    const { open } = await bench();
    const page = await open({}, "#/entra");
    const getToken = page.getByRole("button", { name: /^Get token for / });
    for (const [width, height] of [
      [1280, 800],
      [1440, 900],
      [390, 740],
    ] as const) {
      await page.setViewportSize({ width, height });
      // For a user, the form grows.
      for (const button of [getToken.first(), getToken.last()]) {
        await page.getByLabel("For", { exact: true }).selectOption({ index: 0 });
        await button.click();
        await expect.poll(() => focusedName(page)).toBe("Create token");
        const isWhole = await page.locator(":focus").evaluate((node) => {
          const { left, top, bottom } = node.getBoundingClientRect();
          return [top + 1, bottom - 1].every((y) => document.elementFromPoint(left + 9, y) === node);
        });
        expect(isWhole, `${width} × ${height}`).toBe(true);
      }
    }
  });

  it("saves a snapshot to a file and restores it", async () => {
    const { client, emulator, open } = await bench();
    const { token } = await client.createUserAndToken(["voip"]);
    const page = await open({}, "#/settings");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save snapshot" }).click();
    const file = await (await download).path();
    expect((await download).suggestedFilename()).toBe("acs-identity-snapshot.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(emulator.service.snapshot())),
    );
    emulator.service.reset();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: false });

    await page.getByRole("button", { name: "Restore snapshot…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.getByText("Choose a snapshot to restore.").waitFor();
    const input = dialog.getByLabel("Snapshot file");
    await input.setInputFiles({
      name: "other.json",
      mimeType: "application/json",
      buffer: Buffer.from("{}"),
    });
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.getByText("restore needs a snapshot").waitFor();
    await input.setInputFiles(file);
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.locator("#feedback", { hasText: "The snapshot was restored" }).waitFor();
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByText("1 token").waitFor();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });
  });
});
