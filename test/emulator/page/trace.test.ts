import { mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import { benches, clipboardOf, describeInChromium, withClipboard } from "./inChromium.js";

const pictures = "test-results/screenshots";
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

/** A call whose request has this header, or none. */
function traceparent(value: string): { requestOptions: { customHeaders: Record<string, string> } } {
  return { requestOptions: { customHeaders: { traceparent: value } } };
}

describeInChromium("the page, of a request", (browser) => {
  const bench = benches(browser);

  it("shows the trace and the span that it belongs to, and copies the trace id", async () => {
    const { client, emulator, open } = await bench();
    await client.createUser(traceparent(`00-${traceId}-${spanId}-01`));
    const page = await open(withClipboard);
    expect(emulator.service.requests[0]?.headers.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    const request = page.locator(".request");
    expect(await request.locator(".trace").count(), "closed").toBe(0);
    await request.locator("summary").click();
    await request.locator(".trace").waitFor();
    expect(await request.locator("dt").allTextContents()).toEqual(["Trace", "Span"]);
    expect(await request.locator("dd").allTextContents()).toEqual([traceId, spanId]);
    expect(await request.locator(".raw").textContent()).toContain(`traceparent: 00-${traceId}-${spanId}-01`);
    await request.getByRole("button", { name: "Copy trace id of createUser" }).click();
    await expect.poll(() => clipboardOf(page)).toBe(traceId);
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: `${pictures}/emulator-trace.png` });
  });

  it("fits on a telephone", async () => {
    const { client, open } = await bench();
    await client.createUser(traceparent(`00-${traceId}-${spanId}-01`));
    const page = await open({ viewport: { width: 360, height: 800 } });
    await page.locator(".request summary").click();
    await page.locator(".trace").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await page.locator(".trace").scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${pictures}/emulator-trace-narrow.png` });
  });

  it.each<[string, object]>([
    ["has none", {}],
    ["is no traceparent", traceparent("<b>00-1-2-3</b>")],
  ])("shows no trace where it %s", async (_, options) => {
    const { client, open } = await bench();
    await client.createUser(options);
    const page = await open();
    await page.locator(".request summary").click();
    await page.locator(".raw").waitFor();
    expect(await page.locator(".trace").count()).toBe(0);
  });
});
