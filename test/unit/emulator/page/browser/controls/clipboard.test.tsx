// @vitest-environment happy-dom
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { writeClipboard } from "../../../../../../src/emulator/page/browser/controls/clipboard.js";

describe("copying without the browser's clipboard, over plain http", () => {
  /** Lets the old command of browsers succeed or fail, and returns what it copied and from where. */
  function stubCommand(succeeds: boolean) {
    vi.stubGlobal("navigator", {});
    document.body.innerHTML =
      '<button>Copy</button><dialog id="closed"></dialog><dialog id="open" open></dialog>';
    onTestFinished(() => document.body.replaceChildren());
    const copied: (string | undefined)[] = [];
    document.execCommand = vi.fn((command: string) => {
      const area = document.querySelector("textarea");
      // As it does in browsers, what is selected has the focus.
      area?.focus();
      const selected = area?.value.slice(area.selectionStart, area.selectionEnd);
      copied.push(command, selected, area?.parentElement?.id);
      return succeeds;
    });
    return copied;
  }

  it("selects the text in the open dialog, since all else is inert, and gives the focus back", async () => {
    const copied = stubCommand(true);
    const button = document.querySelector("button");
    button?.focus();
    await writeClipboard(Promise.resolve("e.y.J"));
    expect(copied).toEqual(["copy", "e.y.J", "open"]);
    expect(document.querySelector("textarea")).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it("fails if the browser refuses", async () => {
    stubCommand(false);
    await expect(writeClipboard("e.y.J")).rejects.toThrow("The browser did not let the page copy.");
    expect(document.querySelector("textarea")).toBeNull();
  });
});

describe("copying with the browser's clipboard", () => {
  it("passes a text that isn't known yet as a promise, before it is known", async () => {
    const items: Record<string, Promise<Blob>>[] = [];
    const write = vi.fn(async () => {});
    class ClipboardItem {
      constructor(content: Record<string, Promise<Blob>>) {
        items.push(content);
      }
    }
    vi.stubGlobal("ClipboardItem", ClipboardItem);
    vi.stubGlobal("navigator", { clipboard: { write } });
    let resolve = (_: string) => {};
    const writing = writeClipboard(new Promise<string>((known) => (resolve = known)));
    expect([write.mock.calls.length, items.length]).toEqual([1, 1]);
    resolve("e.y.J");
    await writing;
    expect(await (await items[0]?.["text/plain"])?.text()).toBe("e.y.J");
  });
});
