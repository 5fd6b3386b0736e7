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
  });
  beforeEach(() => {
    warnings.length = 0;
    vi.stubGlobal("document", {});
    vi.spyOn(console, "warn").mockImplementation((...words) => void warnings.push(words));
  });

  it("causes no warning when it is the emulator's, when there is none, or outside of a page", () => {
    new build.CommunicationIdentityClient("http://localhost:1", new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(endpoint, entra);
    vi.unstubAllGlobals();
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    expect(warnings).toEqual([]);
  });

  it("causes one warning on the console, which doesn't contain the key", () => {
    new build.CommunicationIdentityClient(endpoint, new build.AzureKeyCredential(key));
    new build.CommunicationIdentityClient(`endpoint=${endpoint};accesskey=${key}`);
    expect(warnings).toEqual([
      ["Visitors of this page can read its access key. Get tokens from your own server instead."],
    ]);
  });
});
