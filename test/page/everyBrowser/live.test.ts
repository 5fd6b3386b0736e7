import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { describeInBrowser } from "../../helpers/browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "../benches.js";

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("counts down a token's lifetime, warns, and shows it expire by the emulator's clock", async () => {
    const { client, emulator, open } = await bench();
    const { clock } = emulator.service;
    const page = await open();
    // To start a browser, and to see what it shows, can take a minute of a busy machine.
    clock.freeze();
    await client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
    const state = page.locator(".token-state");
    await state.getByText(/^(1 h|59 min) left$/).waitFor();
    const time = (text: RegExp) => page.locator(".unusual", { hasText: text }).waitFor();
    clock.advance({ minutes: 55 });
    await state.getByText(/^(5 min|4 min 59 s) left$/).waitFor();
    expect(await page.locator(".token").getAttribute("data-state")).toBe("soon");
    clock.resume();
    await state.getByText(/^[34] min [0-5]?[0-8] s left$/).waitFor();
    await time(/^Time [\d:]+, 5\d min( \d+ s)? ahead$/);
    await page.getByRole("button", { name: "Expire by moving time: token" }).click();
    await state.getByText(/^expired /).waitFor();
    await time(/(5\d min( \d+ s)?|1 h) ahead$/);
    await page.reload();
    await state.getByText(/^expired /).waitFor();
    await page.getByRole("link", { name: /^Time/ }).click();
    await page.getByRole("button", { name: "+1 h" }).click();
    await time(/(1 h 5\d min|2 h) ahead$/);
    await page.getByRole("button", { name: "+1 day" }).click();
    await time(/1 day [12] h ahead$/);
    await page.getByRole("button", { name: "Freeze" }).click();
    await time(/frozen/);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Back to now" }).click();
    await page.getByText("as on this computer").waitFor();
    clock.advance({ hours: -2 });
    await time(/2 h( \d+ s)? behind/);
  });

  it("copies the connection string, the endpoint, a user's id and a token", async () => {
    const { client, emulator, open } = await bench();
    const { token, user } = await client.createUserAndToken(["chat"]);
    const page = await open(withClipboard);
    expect(await page.locator("#connection-string").textContent()).toMatch(/;accesskey=....…$/);
    await page.getByRole("button", { name: "Copy connection string", exact: true }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await clipboardOf(page)).toBe(emulator.connectionString);
    await page.getByRole("button", { name: "Copy for your shell" }).click();
    await expect
      .poll(() => clipboardOf(page))
      .toBe(`export COMMUNICATION_CONNECTION_STRING='${emulator.connectionString}'`);
    await page.getByLabel("Language").selectOption("Python");
    await page.getByRole("button", { name: "Copy for your shell" }).click();
    await expect.poll(() => clipboardOf(page)).toContain(`COMMUNICATION_ENDPOINT='${emulator.url}'\n`);
    await page.getByRole("button", { name: "Copy id of user" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(user.communicationUserId);
    await page.getByRole("button", { name: "Copy token" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(token);
    await page.getByRole("button", { name: "Show key" }).click();
    expect(await page.locator("#connection-string").textContent()).toBe(emulator.connectionString);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Copy endpoint", exact: true }).click();
    await expect.poll(() => clipboardOf(page)).toBe(emulator.service.endpoint);
  });

  it("searches a thousand users and more, and pages through them", async () => {
    const prefix = "8:acs:00000000-0000-4000-8000-000000000001_";
    const { client, open } = await bench({
      resourceId: "00000000-0000-4000-8000-000000000001",
      users: Array.from({ length: 1100 }, (_, index) => ({ id: `${prefix}${index}` })),
    });
    const page = await open();
    await page.getByText("The newest 50 of 1,100 users. Search to find others.").waitFor();
    expect(await page.locator(".user").count()).toBe(50);
    await page.getByRole("button", { name: "Show 50 more" }).click();
    await page.getByText("The newest 100 of 1,100 users.").waitFor();
    const announced = page.getByRole("status");
    await announced.getByText("100 of 1,100 users shown", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: "Search users" }).fill("_42");
    await page.getByText("11 of 1,100").waitFor();
    await announced.getByText("11 users found", { exact: true }).waitFor();
    expect(await page.locator(".user > button:first-child").last().textContent()).toBe("42");
    await page.getByRole("searchbox", { name: "Search users" }).fill("nobody");
    await page.getByText("No user's id contains “nobody”.").waitFor();
    await announced.getByText("0 users found", { exact: true }).waitFor();
    await client.createUser();
    await page.keyboard.press("Escape");
    await page.getByText("The newest 50 of 1,101 users.").waitFor();
  });

  it("reports that the emulator doesn't answer, and starts over with the one that replaces it", async () => {
    const { open } = await bench();
    // Not the bench's emulator, because the browser logs every lost connection to the console.
    const startWith = async (customId: string, port: number) => {
      const emulator = await startEmulator({ port, users: [{ customId }], strictness: "loose" });
      onTestFinished(() => emulator.close());
      return emulator;
    };
    const first = await startWith("alice", 0);
    const page = await open();
    await page.goto(first.url);
    await page.getByRole("button", { name: "Delete user alice" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete user" }).click();
    await page.getByRole("button", { name: "Dismiss deleted user alice" }).waitFor();
    await fetch(`${first.url}/identities`, { method: "POST" });
    await page.locator(".request a").click();
    await page.locator("#request-title", { hasText: "401" }).waitFor();
    page.removeAllListeners("console");
    await first.close();
    await page.getByText("The emulator doesn't respond. Is it still running?").waitFor();
    await startWith("bob", Number(new URL(first.url).port));
    await page.getByRole("listitem", { name: "User bob" }).waitFor();
    await page.getByRole("link", { name: "loose checks" }).waitFor();
    await expect.poll(() => page.locator("#page-problem").textContent()).toBe("");
    await expect
      .poll(() => page.locator("#request-list").textContent())
      .toMatch(/^[\d:]+The emulator was restarted$/);
    expect(await page.locator(".user").count()).toBe(1);
  });
});
