import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { loadBrowserBuild } from "../../load/trust/helpers/browserClient.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const endpoint = "https://my-resource.communication.azure.com";
const entra = { getToken: async () => null };

describe("an access key on a web page", () => {
  const warnings: unknown[][] = [];

  let build: Awaited<ReturnType<typeof loadBrowserBuild>>;
  beforeAll(async () => {
    build = await loadBrowserBuild();
    Object.assign(build.logger.warning, {
      enabled: true,
      log: (...words: unknown[]) => warnings.push(words),
    });
  });
  beforeEach(() => {
    warnings.length = 0;
    vi.stubGlobal("document", {});
  });

  it("causes a warning in the log, which doesn't contain the key", () => {
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(`endpoint=${endpoint};accesskey=${key}`);
    const [first, second] = warnings.map(String);
    expect(first).toBe(
      "azure:communication-identity:warning Visitors of this page can read its access key. " +
        "Get tokens from your own server instead.",
    );
    expect(second).toBe(first);
    expect(JSON.stringify(warnings)).not.toContain(key);
  });

  it("causes no warning when it is the emulator's, when there is none, or outside of a page", () => {
    new build.CommunicationIdentityClient("http://localhost:1", new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(endpoint, entra);
    vi.unstubAllGlobals();
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    expect(warnings).toEqual([]);
  });
});
