import { expect, it } from "vitest";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches } from "./benches.js";

describeInBrowser("the page's list of requests", (browser) => {
  const bench = benches(browser);

  it("distinguishes requests by the end of the user's id, and filters them by method, id, path and status", async () => {
    const { client, emulator, open } = await bench();
    const users = [await client.createUser(), await client.createUser()];
    for (const user of users) await client.getToken(user, ["voip"]);
    await fetch(`${emulator.url}/somewhere/else`);
    const page = await open();
    const [second, first] = users.map((user) => user.communicationUserId.slice(-6));
    await expect
      .poll(() => page.locator(".request .what").allTextContents())
      .toEqual([
        " GET /somewhere/else",
        `getToken  POST /identities/…${first}/:issueAccessToken`,
        `getToken  POST /identities/…${second}/:issueAccessToken`,
        `createUser  POST /identities → …${first}`,
        `createUser  POST /identities → …${second}`,
      ]);
    const filter = page.getByRole("searchbox", { name: "Filter requests" });
    const count = () => page.locator(".request").count();
    await expect.poll(count).toBe(5);
    for (const [text, found] of [
      ["gettoken", 2],
      [users[0]?.communicationUserId ?? "", 2],
      ["getToken 200", 2],
      ["SOMEWHERE", 1],
      ["404", 1],
      ["createUser 404", 0],
    ] as const) {
      await filter.fill(text);
      await expect.poll(count, { message: text }).toBe(found);
    }
    await page.getByText("No request matches “createUser 404”.").waitFor();
    await page.getByLabel("Only failures").check();
    await page.getByText("No failed request matches “createUser 404”.").waitFor();
    await filter.press("Escape");
    await expect.poll(count).toBe(1);
    expect(await filter.inputValue()).toBe("");
  });

  it("marks the doctor's requests, and doesn't show their refusals as failures", async () => {
    const { emulator, open } = await bench();
    const headers = { "User-Agent": "acs-identity-doctor azsdk-js-communication-identity/1.0" };
    await fetch(`${emulator.url}/identities?api-version=2023-10-01`, { method: "POST", headers });
    await fetch(`${emulator.url}/identities?api-version=2023-10-01`, { method: "POST" });
    const page = await open();
    const outcomes = () =>
      page.locator(".request").evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
    await expect.poll(outcomes).toEqual(["failure", "remark"]);
    expect(await page.locator(".request").last().textContent()).toMatch(/createUser doctor .*401/);
    expect(await page.locator(".request .diagnosis").count()).toBe(1);
    await page.getByLabel("Only failures").check();
    await expect.poll(outcomes).toEqual(["failure"]);
  });

  it("filters the last thousand requests, not only the newest hundred", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    for (let sent = 0; sent < 150; sent++) await fetch(`${emulator.url}/unknown`);
    const page = await open();
    await expect.poll(() => page.locator(".request").count()).toBe(100);
    await page.getByRole("searchbox", { name: "Filter requests" }).fill("createUser");
    await expect.poll(() => page.locator(".request").count()).toBe(1);
  });

  it("shows a request's body before its headers", async () => {
    const { client, open } = await bench();
    await client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 90 });
    const page = await open();
    await page.locator(".request summary").click();
    const raw = (await page.locator(".raw").textContent()) ?? "";
    const places = ["POST /identities", '"expiresInMinutes": 90', "content-type: "].map((text) =>
      raw.indexOf(text),
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });
});
