import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { describeInBrowser } from "../helpers/browser/describeInBrowser.js";
import { signedHeaders } from "../helpers/testing/sign.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("the page's list of requests", (browser) => {
  const bench = benches(browser);

  it("filters the last thousand requests, not only the newest hundred", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser();
    for (let sent = 0; sent < 150; sent++) await fetch(`${emulator.url}/unknown`);
    const page = await open();
    await expect.poll(() => page.locator(".request").count()).toBe(100);
    await page.getByRole("searchbox", { name: "Filter requests" }).fill("createUser");
    await expect.poll(() => page.locator(".request").count()).toBe(1);
  });

  it("gives each request an address, which Back and a reload return to", async () => {
    const { client, open } = await bench();
    const user = await client.createUser();
    await client.getToken(user, ["voip"]);
    const page = await open({}, "#/simulate");
    const title = page.locator("#request-title");
    await page.locator(".request a").first().click();
    await title.getByText("200").waitFor();
    expect(page.url()).toMatch(/#\/request-2$/);
    await page.locator(".request a").last().click();
    await title.getByText("201").waitFor();
    await page.goBack();
    await title.getByText("200").waitFor();
    await page.reload();
    await title.getByText("200").waitFor();
    await page.getByRole("button", { name: "Show user" }).click();
    expect(await page.getByRole("searchbox", { name: "Search users" }).inputValue()).toBe(
      user.communicationUserId,
    );
    await page.goBack();
    await page.getByRole("button", { name: "Clear…" }).click();
    await page.getByRole("button", { name: "Clear requests" }).click();
    await page.reload();
    await page.getByText("There is no request with this number").waitFor();
  });

  it("shows a body as it was received, and both hashes if a proxy changed it", async () => {
    const { emulator, open } = await bench();
    const target = "/identities?api-version=2023-10-01";
    const sent = '{"createTokenWithScopes":["chat"]}';
    const received = '\ufeff{"createTokenWithScopes": ["chat"]}\n';
    const { host } = new URL(emulator.url);
    const { accessKey: key } = emulator.service;
    const signed = signedHeaders({ method: "POST", target, body: sent, host, key });
    const headers = { ...signed, "content-type": "application/json" };
    await fetch(emulator.url + target, { method: "POST", body: Buffer.from(received), headers });
    const page = await open(withClipboard, "#/request-1");
    const [ofSent, ofReceived] = [sent, received].map((text) =>
      createHash("sha256").update(text).digest("base64"),
    );
    await page
      .locator(".verdict")
      .getByText(
        `is ${ofSent}, but the sha256 of the ${Buffer.byteLength(received)} body bytes received is ${ofReceived}`,
      )
      .waitFor();
    await page.getByText("As received").click();
    const shown = page.locator("#request details pre").first();
    expect(await shown.textContent()).toBe('<byte order mark>{"createTokenWithScopes":·["chat"]}\\n\n');
    await page.getByRole("button", { name: "Copy body of the request" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(received);
  });
});
