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

  it("lists what was changed here between the requests, wherever the time was set", async () => {
    const { client, open } = await bench();
    const { user } = await client.createUserAndToken(["voip"]);
    const page = await open();
    await page.getByRole("button", { name: "Expire by moving time: token" }).click();
    await page.locator(".own-change").waitFor();
    await page.getByRole("link", { name: "Simulate" }).click();
    await page.getByRole("button", { name: "Back to now" }).click();
    await page.getByRole("button", { name: "429", exact: true }).click();
    await page.locator(".own-change", { hasText: "The next request gets: 429" }).waitFor();
    await expect(client.getToken(user, ["voip"])).rejects.toThrow();
    await expect
      .poll(() => page.locator("#request-list > li").allTextContents())
      .toEqual([
        expect.stringMatching(/getToken.*429/),
        expect.stringContaining("The next request gets: 429this page"),
        expect.stringContaining("The time is "),
        expect.stringContaining("past the token's expirythis page"),
        expect.stringMatching(/createUserAndToken.*201/),
      ]);
    await page.getByRole("button", { name: "Clear…" }).click();
    await page.getByRole("button", { name: "Clear requests" }).click();
    await expect.poll(() => page.locator("#request-list > li").count()).toBe(1);
  });

  it("shows a request's trace and span, which fit on a phone, and copies the trace id", async () => {
    const { client, open } = await bench();
    const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    const customHeaders = { traceparent: `00-${traceId}-${spanId}-01` };
    await client.createUser({ requestOptions: { customHeaders } });
    await client.createUser();
    const page = await open({ ...withClipboard, viewport: { width: 360, height: 800 } }, "#/request-1");
    const trace = page.locator(".trace");
    expect(await trace.locator("code").textContent()).toBe(traceId);
    expect(await trace.locator("code").getAttribute("title")).toBe(`span ${spanId}`);
    expect(await page.locator("#request").textContent()).toContain(
      `traceparent: ${customHeaders.traceparent}`,
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.getByRole("button", { name: "Copy trace id" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(traceId);
    await page.evaluate(() => Object.assign(location, { hash: "#/request-2" }));
    await page.getByText("· request 2").waitFor();
    await expect.poll(() => trace.count()).toBe(0);
  });
});
