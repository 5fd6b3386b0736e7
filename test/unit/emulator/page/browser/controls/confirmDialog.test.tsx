/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { ConfirmDialog } from "../../../../../../src/emulator/page/browser/controls/confirmDialog.js";
import { click, dialog, isDialogOpen } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

function open() {
  const submit = vi.fn(async () => "User alice was deleted");
  const rendered = renderInPage(
    <ConfirmDialog title="Delete the user?" action="Delete user" what="alice" submit={submit}>
      Its tokens become void.
    </ConfirmDialog>,
  );
  return { ...rendered, submit };
}

describe("a dialog that asks for confirmation", () => {
  it("says what goes, what follows, and that nothing brings it back", () => {
    open();
    expect(screen.getByRole("dialog", { name: "Delete the user?" })).toBeDefined();
    expect(screen.getByText("alice").tagName).toBe("CODE");
    expect(dialog().textContent).toContain("Its tokens become void. This can't be undone.");
    expect(screen.getByRole("button", { name: "Delete user" }).className).toContain("danger");
  });

  it("does it once that is confirmed, and reports it", async () => {
    const { submit, told } = open();
    expect(submit).not.toHaveBeenCalled();
    await click("Delete user");
    expect([submit.mock.calls.length, told]).toEqual([1, ["report: User alice was deleted"]]);
    expect(isDialogOpen()).toBe(false);
  });

  it("does nothing if it is cancelled", async () => {
    const { submit, told } = open();
    await click("Cancel");
    expect([submit.mock.calls, told, isDialogOpen()]).toEqual([[], [], false]);
  });
});
