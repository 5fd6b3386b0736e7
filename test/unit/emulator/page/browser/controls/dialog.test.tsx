/** @jsxImportSource preact */
// @vitest-environment happy-dom
// Browsers close a modal dialog on Escape and give the focus back: test/page/everyBrowser/keyboard.test.ts shows it.
import { screen } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { Dialog, DialogClosed } from "../../../../../../src/emulator/page/browser/controls/dialog.js";
import { alerts, click, dialog, isDialogOpen, settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

function open(changes: Partial<Parameters<typeof Dialog>[0]> = {}) {
  const onClosed = vi.fn();
  const rendered = renderInPage(
    <DialogClosed.Provider value={onClosed}>
      <Dialog title="Delete it?" action="Delete" {...changes}>
        <p>It's the last one.</p>
      </Dialog>
    </DialogClosed.Provider>,
  );
  return { ...rendered, onClosed };
}

describe("a dialog", () => {
  it("opens as a modal one, which Escape closes, and has the name of its title", () => {
    const showModal = vi.spyOn(HTMLDialogElement.prototype, "showModal");
    open();
    expect(showModal).toHaveBeenCalledOnce();
    expect(screen.getByRole("dialog", { name: "Delete it?" }).textContent).toContain("It's the last one.");
  });

  it("says that it has closed, however it was closed", async () => {
    const { onClosed } = open();
    expect(onClosed).not.toHaveBeenCalled();
    (dialog() as HTMLDialogElement).close();
    expect(onClosed).toHaveBeenCalledOnce();
  });

  it.each([
    ["Cancel", {}],
    ["Close", { cancel: "Close" }],
  ])("is closed by %s, which changes nothing", async (name, changes) => {
    const submit = vi.fn(async () => "Deleted");
    const { onClosed, told } = open({ submit, ...changes });
    await click(name);
    expect([isDialogOpen(), onClosed.mock.calls.length]).toEqual([false, 1]);
    expect([submit.mock.calls, told]).toEqual([[], []]);
  });

  it("closes before it reports what it has changed", async () => {
    const steps: string[] = [];
    const { told } = open({
      submit: async () => "Deleted",
      onChange: () => steps.push(`changed, open: ${isDialogOpen()}`),
      onReported: () => steps.push(`reported ${told}`),
    });
    await click("Delete");
    expect(steps).toEqual(["changed, open: false", "reported report: Deleted"]);
  });

  it("stays open if it has changed nothing, or couldn't, and says why", async () => {
    const submit = vi.fn(async (): Promise<string | undefined> => undefined);
    const { onClosed, told } = open({ submit });
    await click("Delete");
    expect([isDialogOpen(), alerts()]).toEqual([true, []]);
    submit.mockRejectedValue(new Error("Disk full"));
    await click("Delete");
    await settle();
    expect([isDialogOpen(), alerts()]).toEqual([true, [expect.stringContaining("Disk full")]]);
    expect([onClosed.mock.calls, told]).toEqual([[], []]);
  });
});
