/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import {
  Button,
  CopyButton,
  Facts,
  Pane,
  TabStop,
} from "../../../../../../src/emulator/page/browser/controls/controls.js";
import { click, hasButton, settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

function openCopyButton(isDisabled = false) {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const button = (
    <CopyButton what="token 1" text={() => "e.y.J"} isDisabled={isDisabled}>
      Copy token
    </CopyButton>
  );
  return { ...renderInPage(button), writeText };
}

describe("a button to copy", () => {
  it("copies its text, and says so for a moment", async () => {
    const { told, writeText } = openCopyButton();
    expect(screen.getByRole("button", { name: "Copy token 1" }).textContent).toBe("Copy token");
    await click("Copy token 1");
    expect([writeText.mock.calls, told]).toEqual([[["e.y.J"]], ["announce: Copied token 1"]]);
    expect(screen.getByRole("button", { name: "Copied token 1" }).textContent).toBe("Copied");
    await settle(1499);
    expect(hasButton("Copied token 1")).toBe(true);
    await settle(1);
    expect(hasButton("Copy token 1")).toBe(true);
  });

  it("says why it couldn't, and not that it has", async () => {
    const { told, writeText } = openCopyButton();
    writeText.mockRejectedValue(new Error("Not allowed"));
    await click("Copy token 1");
    expect([told, hasButton("Copy token 1")]).toEqual([["notify: Not allowed"], true]);
  });

  it("that is disabled does nothing, and can still have the focus", async () => {
    const { told, writeText } = openCopyButton(true);
    const button = screen.getByRole<HTMLButtonElement>("button");
    expect([button.getAttribute("aria-disabled"), button.disabled]).toEqual(["true", false]);
    await click("Copy token 1");
    expect([writeText.mock.calls, told]).toEqual([[], []]);
  });
});

describe("a button", () => {
  it("submits no form, and is reached by Tab as the row around it says", () => {
    renderInPage(
      <TabStop.Provider value={-1}>
        <Button>Delete</Button>
      </TabStop.Provider>,
    );
    const { type, tabIndex } = screen.getByRole<HTMLButtonElement>("button");
    expect([type, tabIndex]).toEqual(["button", -1]);
  });
});

describe("facts", () => {
  it("are names with values, without those that have none", () => {
    const rows = [
      ["User", "alice"],
      ["Expires", undefined],
      ["Tokens", 0],
    ] as const;
    renderInPage(<Facts rows={rows} />);
    const texts = (role: string) => screen.getAllByRole(role).map(({ textContent }) => textContent);
    expect([texts("term"), texts("definition")]).toEqual([
      ["User", "Tokens"],
      ["alice", "0"],
    ]);
  });
});

describe("a pane", () => {
  it("is a region with the name of its heading, and can have the focus", () => {
    renderInPage(<Pane title="Settings">What there is to set</Pane>);
    const pane = screen.getByRole("region", { name: "Settings" });
    expect([pane.tabIndex, pane.textContent]).toEqual([-1, "SettingsWhat there is to set"]);
  });
});
