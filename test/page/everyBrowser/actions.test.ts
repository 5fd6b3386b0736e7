import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { describeInBrowser } from "../../helpers/browser/describeInBrowser.js";
import { benches } from "../benches.js";

describeInBrowser("a developer at the page", (browser) => {
  const bench = benches(browser);

  it("creates a user with a custom id and a token", async () => {
    const { emulator, open } = await bench();
    const page = await open();
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByRole("textbox", { name: "Custom id" }).fill("alice");
    expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(1);
    await page.getByLabel("voip", { exact: true }).uncheck();
    await page.getByLabel("chat", { exact: true }).check();
    await page.getByLabel("Lifetime").fill("60");
    await page.getByRole("button", { name: "Create user" }).click();

    const card = page.getByRole("listitem", { name: "User alice" });
    await card.getByText(/^(1 h|59 min) left$/).waitFor();
    expect(await card.locator(".scopes").textContent()).toMatch(/^chatissued \d\d:\d\d:\d\d for 1 h$/);
    const text = "User alice was created with a token";
    expect(await page.locator("#announcement").textContent()).toBe(text);
    expect(await page.locator("#feedback").textContent()).toBe(text);
    expect(await page.locator(".own-change").textContent()).toContain(`${text}this page`);
    const { users } = await listedUsers(emulator.url);
    expect(users).toMatchObject([{ customId: "alice", tokens: [{ scopes: ["chat"] }] }]);
  });

  it("works from another machine over plain http, too", async () => {
    const { emulator, open } = await bench({ host: "0.0.0.0" });
    const page = await open();
    // Browsers trust no other address of this machine than 127.0.0.1. Firefox doesn't connect to 0.0.0.0.
    const own = Object.values(networkInterfaces()).flatMap((each = []) => each);
    const { address } = own.find(({ family, internal }) => family === "IPv4" && !internal) ?? {};
    await page.goto(emulator.url.replace("127.0.0.1", address ?? "0.0.0.0"));
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByRole("button", { name: "Create user" }).click();
    await page.getByRole("button", { name: "Issue token for user" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Issue token" }).click();
    await expect.poll(() => page.locator(".token").count()).toBe(2);
    await page.getByRole("button", { name: "Copy token" }).first().click();
    await expect
      .poll(() => page.locator("#announcement").textContent())
      .toMatch(/^Copied token voip issued /);
    await page.getByRole("link", { name: "Entra ID" }).click();
    await page.getByText("Add a user or an application").click();
    await page.getByLabel("Name").fill("carol@contoso.com");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.locator("#feedback", { hasText: "carol@contoso.com was added" }).waitFor();
  });

  it("leaves faults and the list of requests to the app", async () => {
    const { client, emulator, open } = await bench();
    const user = await client.createUser();
    emulator.service.failNext({ status: 503 });
    const page = await open();
    await page.getByRole("button", { name: "Issue token for user" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Issue token" }).click();
    await page.locator(".token").waitFor();
    await page.getByText("1 fault active").waitFor();
    expect(emulator.service.requests).toHaveLength(1);
    await expect(client.getToken(user, ["chat"])).rejects.toMatchObject({ statusCode: 503 });
  });
});

interface ListedUsers {
  readonly total: number;
  readonly users: object[];
}

async function listedUsers(url: string): Promise<ListedUsers> {
  return (await (await fetch(`${url}/_emulator/users?tokens=5`)).json()) as ListedUsers;
}
