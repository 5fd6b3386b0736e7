// Everything that the page can show, in one visit: each pane, form, dialog, result and error.
import type { Page } from "playwright-core";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { type Bench, openDetails } from "./benches.js";

/** Gives an emulator what each state needs. */
export async function prepareStates({ client, emulator }: Bench): Promise<void> {
  const { user } = await client.createUserAndToken(["chat", "voip"]);
  await client.revokeTokens(user);
  await client.getToken(user, ["voip"]);
  emulator.service.clock.advance({ hours: 23, minutes: 55 });
  for (let number = 0; number < 6; number++) await client.getToken(user, ["chat.join.limited"]);
  const stranger = new CommunicationIdentityClient(emulator.url, new AzureKeyCredential(btoa("another key")));
  await stranger.createUser().catch(() => undefined);
  await fetch(`${emulator.url}/identities`, { method: "POST", headers: { "x-acs-identity-doctor": "1" } });
  // The log keeps a token of the emulator's well-known keys.
  const foreign = await emulator.service
    .createTokenCredential()
    .getToken("https://graph.microsoft.com/User.Read");
  await fetch(`${emulator.url}/identities?api-version=2023-10-01`, {
    method: "POST",
    headers: { authorization: `Bearer ${foreign?.token}` },
  });
  emulator.service.failNext({ status: 503, durationInSeconds: 600 });
  await client.createUser().catch(() => undefined);
  emulator.service.failNext({ status: 429, times: 2 });
  const guid = "00000000-0000-4000-8000-000000000007";
  await fetch(`${emulator.url}/_emulator/teamsExtension/assignments`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ tenantId: guid, objectId: guid, principalType: "user" }),
  });
}

/** Brings the page into each state in turn, and calls `check` in it with the state's name. */
export async function eachState(page: Page, check: (state: string) => Promise<void>): Promise<void> {
  const button = (name: string) => page.getByRole("button", { name }).first();
  const dialog = page.getByRole("dialog");
  const show = async (place: string, text: string) => {
    await page.evaluate((hash) => Object.assign(location, { hash }), `#/${place}`);
    await page.locator(".panel:visible").getByText(text).first().waitFor();
    await openDetails(page);
  };
  const inDialog = async (opener: string, state: string, use?: () => Promise<void>) => {
    await button(opener).click();
    await dialog.waitFor();
    await use?.();
    await check(state);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  };
  const submit = (name: string) => dialog.getByRole("button", { name, exact: true }).click();
  const alert = page.getByRole("alert").filter({ hasText: /./ });

  await show("requests", "Only failures");
  await check("requests");
  await inDialog("Clear…", "dialog: clear requests");
  await page.getByPlaceholder("Filter").fill("nothing");
  await page.locator(".empty").getByText("No request matches").waitFor();
  await check("requests: none found");
  await page.getByPlaceholder("Filter").fill("");

  await show("users", "Show 3 older");
  await check("users");
  await inDialog("New user", "dialog: new user, refused", async () => {
    await dialog.getByLabel("Lifetime in minutes").fill("never");
    await submit("Create user");
    await alert.waitFor();
  });
  await inDialog("Issue token for user", "dialog: issue token, refused by the service", async () => {
    await dialog.getByLabel("Lifetime in minutes").fill("1");
    await submit("Issue token");
    await dialog.getByText("400 ValidationError").waitFor();
  });
  await inDialog("Inspect token chat", "dialog: inspect, valid", () => dialog.getByText("Claims").waitFor());
  await inDialog("Inspect token", "dialog: inspect, invalid", async () => {
    await dialog.getByLabel("Token", { exact: true }).fill("nothing");
    await submit("Inspect");
    await dialog.locator(".verdict").waitFor();
  });
  await page.getByPlaceholder("Search by id").fill("nobody");
  await page.locator(".empty").getByText("No user's id contains").waitFor();
  await check("users: none found");
  await page.getByPlaceholder("Search by id").fill("");

  await show("simulate", "The next request gets");
  await page.getByLabel("Times").fill("often");
  await button("Add fault").click();
  await alert.waitFor();
  await button("Freeze").click();
  await button("Resume").waitFor();
  await check("simulate, with faults, a form that refuses and feedback");

  await show("entra", "Who may exchange tokens");
  await button("Save assignment").click();
  await alert.waitFor();
  await button("Create token").click();
  await page.getByLabel("New token").waitFor();
  await page.getByLabel("Name").fill("New application");
  await page.getByLabel("Kind").first().selectOption("Application");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await button("Copy settings").waitFor();
  await openDetails(page);
  await check("entra, with a token, a secret and a form that refuses");
  await inDialog("Delete New application", "dialog: delete an application");

  await show("settings", "Access keys");
  await check("settings");
  await inDialog("Regenerate… the primary key", "dialog: regenerate");
  await inDialog("Restore snapshot…", "dialog: restore, refused", async () => {
    await submit("Restore");
    await alert.waitFor();
  });
  await inDialog("Reset all…", "dialog: reset");
  await button("Show the primary key").click();
  await button("Regenerate… the secondary key").click();
  await submit("Regenerate");
  await page.locator(".verdict").getByText("The secondary key is new").waitFor();
  await check("settings, with a new key");

  for (const [request, text] of [
    [10, "String to sign"],
    [11, "The doctor sent this"],
    [12, "refused for this"],
    [13, "injected fault"],
    [99, "There is no request with this number"],
  ] as const) {
    await show(`request-${request}`, text);
    await check(`request ${request}`);
  }
  await show("request-13", "injected fault");
  await button("Compare with request").click();
  await page.locator("#comparison td").first().waitFor();
  await check("request 13 beside another one");
  await inDialog("Shortcuts", "dialog: shortcuts");

  await show("users", "Show 3 older");
  await button("Delete user").click();
  await submit("Cancel");
  await inDialog("Delete user", "dialog: delete user");
  await button("Delete user").click();
  await submit("Delete user");
  await button("Dismiss deleted user").waitFor();
  await check("users, one of them deleted");

  await page.route("**/_emulator/info", (route) => route.fulfill({ status: 500 }));
  await page.locator("#page-problem .problem").waitFor();
  await check("an emulator that doesn't respond as it should");
  await page.unroute("**/_emulator/info");
  await page.locator("#page-problem .problem").waitFor({ state: "detached" });

  await show("settings", "Access keys");
  await button("Reset all…").click();
  await submit("Reset all");
  await dialog.waitFor({ state: "detached" });
  await show("users", "No users yet");
  await check("users, none");

  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    for (let count = 0; count < 11; count++)
      await fetch("/_emulator/users", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"scopes":["voip"]}',
      });
  });
  await page.locator(".user").nth(10).waitFor();
  await button("Show user").click();
  await button("Collapse user").waitFor();
  await check("users, folded but for one");
}
