import { mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

const pictures = "test-results/screenshots";
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

/** Returns the options of a call that sends this `traceparent` header. */
function traceparent(value: string): { requestOptions: { customHeaders: Record<string, string> } } {
  return { requestOptions: { customHeaders: { traceparent: value } } };
}

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("shows a request's trace and span, and copies the trace id", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser(traceparent(`00-${traceId}-${spanId}-01`));
    const page = await open(withClipboard);
    expect(emulator.service.requests[0]?.headers.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    await page.locator(".request a").click();
    const trace = page.locator(".trace");
    expect(await trace.locator("code").textContent()).toBe(traceId);
    expect(await trace.locator("code").getAttribute("title")).toBe(`span ${spanId}`);
    expect(await page.locator("#request").textContent()).toContain(`traceparent: 00-${traceId}-${spanId}-01`);
    await page.getByRole("button", { name: "Copy trace id" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(traceId);
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: `${pictures}/emulator-trace.png` });
  });

  it("fits a request's trace on a phone", async () => {
    const { client, open } = await bench();
    await client.createUser(traceparent(`00-${traceId}-${spanId}-01`));
    const page = await open({ viewport: { width: 360, height: 800 } });
    await page.locator(".request a").click();
    await page.locator(".trace").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await page.locator(".trace").scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${pictures}/emulator-trace-narrow.png` });
  });

  it.each<[string, object]>([
    ["no traceparent", {}],
    ["an invalid traceparent", traceparent("<b>00-1-2-3</b>")],
  ])("shows no trace for a request with %s", async (_, options) => {
    const { client, open } = await bench();
    await client.createUser(options);
    const page = await open();
    await page.locator(".request a").click();
    await page.locator("#response").waitFor();
    expect(await page.locator(".trace").count()).toBe(0);
  });
});
