// The component of docs/frontEnds.md in React's StrictMode, and both versions of the credential, in Chromium.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { run } from "../helpers/command.js";
import { installation } from "../helpers/packed.js";
import { jwt } from "../helpers/refresher/endpoint.js";
import { blockOf } from "../starters/pages.js";

declare global {
  /** What projects/react/page.tsx offers. */
  var testPage: {
    readonly requests: readonly { readonly signal: AbortSignal; answer(token: string): void }[];
    mount(userId: string): void;
    unmount(): void;
    credentials(token: string): Promise<string[]>;
  };
}

const here = fileURLToPath(new URL(".", import.meta.url));

describeInChromium("in a page", (browser) => {
  let folder: string;
  let script: string;
  let page: Page;

  beforeAll(async () => {
    const installed = await installation(here);
    folder = await mkdtemp(join(installed.folder, "react-"));
    await cp(join(here, "projects/react"), folder, { recursive: true });
    await writeFile(join(folder, "call.tsx"), blockOf("docs/frontEnds.md", "tsx"));
    await writeFile(
      join(folder, "credential24.ts"),
      `import type { TokenRefresher } from "acs-identity/refresher";
import { AzureCommunicationTokenCredential } from "communication-common-2.4";
export function createCredential24(refresher: TokenRefresher): AzureCommunicationTokenCredential {
${blockOf("docs/refresher.md", "js", "return token")}
return credential;
}`,
    );
    const compiler = join(installed.folder, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", folder], { cwd: folder });
    const { outputFiles } = await build({
      entryPoints: [join(folder, "page.tsx")],
      bundle: true,
      write: false,
      jsx: "automatic",
      platform: "browser",
    });
    script = outputFiles[0]?.text ?? "";
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    page = await (await browser()).newPage();
    await page.addScriptTag({ content: script });
  });

  afterEach(() => page.close());

  /** Returns which requests were made, and whether each was aborted. */
  const requests = () => page.evaluate(() => testPage.requests.map(({ signal }) => signal.aborted));
  const mount = (userId: string) => page.evaluate((id) => testPage.mount(id), userId);
  const answer = (index: number, token: string) =>
    page.evaluate(([at, text]) => testPage.requests[at]?.answer(text), [index, token] as const);
  const shows = (text: string) => page.getByRole("status").getByText(text, { exact: true }).waitFor();

  it("a double mount of StrictMode makes one request, and the token is shown", async () => {
    await mount("alice");
    await expect.poll(requests).toEqual([false]);
    await answer(0, "token of alice");
    await shows("token of alice");
  });

  it("a sign-out ends the request", async () => {
    await mount("alice");
    await expect.poll(requests).toEqual([false]);
    await page.evaluate(() => testPage.unmount());
    await expect.poll(requests).toEqual([true]);
  });

  it("a change of user under way ends the other's request, and never shows the other's token", async () => {
    await mount("alice");
    await expect.poll(requests).toEqual([false]);
    await mount("bob");
    await expect.poll(requests).toEqual([true, false]);
    await answer(0, "token of alice");
    await answer(1, "token of bob");
    await shows("token of bob");
    await mount("carol");
    await shows("Connecting");
  });

  it("communication-common 2.4 and 2.5 take the token by the lines of the pages", async () => {
    const token = jwt(1, Date.now() + 3_600_000);
    expect(await page.evaluate((text) => testPage.credentials(text), token)).toEqual([token, token]);
  });
});
