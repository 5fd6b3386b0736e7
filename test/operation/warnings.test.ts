import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadBrowserBuild } from "../trust/helpers/browserClient.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const endpoint = "https://my-resource.communication.azure.com";
const entra = { getToken: async () => null };

describe("an access key on a web page", () => {
  const warnings: unknown[][] = [];

  beforeEach(() => {
    warnings.length = 0;
    vi.spyOn(console, "warn").mockImplementation((...words) => void warnings.push(words));
    vi.stubGlobal("document", {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("causes one warning, which doesn't contain the key", async () => {
    const build = await loadBrowserBuild();
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(`endpoint=${endpoint};accesskey=${key}`);
    expect(warnings).toHaveLength(1);
    expect(String(warnings[0])).toContain("access key");
    expect(JSON.stringify(warnings)).not.toContain(key);
  });

  it("causes no warning when it is the emulator's, when there is none, or outside of a page", async () => {
    const build = await loadBrowserBuild();
    new build.CommunicationIdentityClient("http://localhost:1", new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(endpoint, entra);
    vi.unstubAllGlobals();
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    expect(warnings).toEqual([]);
  });
});
