import { beforeEach, describe, expect, it, vi } from "vitest";
import { listeners, narrow, stubBrowser } from "./stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const { addressOf, closeRequest, go, shown } = await import(
  "../../../../../src/emulator/page/browser/place.js"
);

function visit(hash: string): void {
  location.hash = hash;
  listeners.get("hashchange")?.();
}

describe("the page's address", () => {
  it.each([
    ["", "users"],
    ["#/", "users"],
    ["#/requests", "users"],
    ["#/users", "users"],
    ["#/simulate", "simulate"],
    ["#/entra", "entra"],
    ["#/settings", "settings"],
    ["#/request-12", 12],
    ["#id_token=eyJ", "entra"],
    ["#error=access_denied", "entra"],
    ["#/request-x", "users"],
    ["#/request-1/", "users"],
    ["#/toString", "users"],
    ["#/nothing", "users"],
  ] as const)("%j shows %s", (hash, place) => {
    visit(hash);
    expect(shown.value).toBe(place);
  });

  it("names the place", () => {
    expect([addressOf("entra"), addressOf(12)]).toEqual(["#/entra", "#/request-12"]);
    go(7);
    expect([location.hash, shown.value]).toEqual(["#/request-7", 7]);
  });

  it.each(["#/settings", "#/users"])(
    "returns to %s when requests that were opened there are closed",
    (hash) => {
      visit(hash);
      go(1);
      go(2);
      closeRequest();
      expect(location.hash).toBe(hash);
      closeRequest();
      expect(location.hash).toBe(hash);
    },
  );

  it("shows the list of requests alone in a narrow window, unless it names something", () => {
    visit("");
    narrow.matches = true;
    listeners.get("narrow")?.();
    expect(shown.value).toBe("requests");
    visit("#/entra");
    expect(shown.value).toBe("entra");
    visit("#/requests");
    go(1);
    closeRequest();
    expect([location.hash, shown.value]).toEqual(["#/requests", "requests"]);
    narrow.matches = false;
    listeners.get("narrow")?.();
    expect(shown.value).toBe("users");
  });

  it("leads from a request that was opened by its address to the list, in a narrow window", async () => {
    vi.resetModules();
    stubBrowser("#/request-3");
    narrow.matches = true;
    const page = await import("../../../../../src/emulator/page/browser/place.js");
    page.closeRequest();
    narrow.matches = false;
    expect([location.hash, page.shown.value]).toEqual(["#/requests", "requests"]);
  });
});
