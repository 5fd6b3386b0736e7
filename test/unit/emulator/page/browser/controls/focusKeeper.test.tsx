// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FocusKeeper } from "../../../../../../src/emulator/page/browser/controls/focusKeeper.js";

let root: HTMLElement;
let end: AbortController;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
  new FocusKeeper().watch(root, end.signal);
});
afterEach(() => {
  end.abort();
  root.remove();
});

/** Lets what observes the document see what has changed. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

function show(html: string): void {
  root.innerHTML = html;
}

const find = (selector: string) => root.querySelector<HTMLElement>(selector) as HTMLElement;
const focused = () => document.activeElement?.id;

async function removeFocused(selector: string, id: string): Promise<string | undefined> {
  find(`#${id}`).focus();
  await settle();
  find(selector).remove();
  await settle();
  return focused();
}

const row = (name: string) =>
  `<li class="${name}"><button id="copy-${name}">Copy</button><button id="delete-${name}">Delete</button></li>`;

describe("if what had the focus is removed, the focus goes to", () => {
  it("the same control of the next row", async () => {
    show(`<ul>${row("a")}${row("b")}${row("c")}</ul>`);
    expect(await removeFocused(".b", "delete-b")).toBe("delete-c");
  });

  it("that of the row before if it was the last one", async () => {
    show(`<ul>${row("a")}${row("b")}${row("c")}</ul>`);
    expect(await removeFocused(".c", "delete-c")).toBe("delete-b");
  });

  it("that of the next row that is shown", async () => {
    show(`<ul>${row("b")}${row("a")}<li style="display: none"><button id="hidden">Delete</button></li></ul>`);
    expect(await removeFocused(".a", "delete-a")).toBe("delete-b");
  });

  it("the first control of a row that has no such one", async () => {
    show(`<ul>${row("a")}<li><a id="link" href="#x">Open</a><button>Copy</button></li></ul>`);
    expect(await removeFocused(".a", "delete-a")).toBe("link");
  });

  it("the control that has come in its place", async () => {
    show('<p><button id="freeze">Freeze</button></p>');
    find("#freeze").focus();
    await settle();
    find("p").innerHTML = '<button id="resume">Resume</button>';
    await settle();
    expect(focused()).toBe("resume");
  });

  it("the heading of its part if no other row is left, and not something of another kind", async () => {
    const other = "<form><button>Copy</button></form>";
    show(`<section><h3 id="heading">Users</h3><ul>${row("a")}${other}</ul></section>`);
    expect(await removeFocused(".a", "copy-a")).toBe("heading");
    expect(find("#heading").getAttribute("tabindex")).toBe("-1");
  });

  it.each([
    ["its card", '<li id="card" tabindex="-1"><p><button id="gone">Dismiss</button></p></li>', "card"],
    [
      "the summary of its details",
      '<details open><summary id="summary">More</summary><button id="gone">Copy</button></details>',
      "summary",
    ],
    [
      "the heading of its pane",
      '<section><div class="panel-head"><h2 id="pane">Settings</h2></div><div><button id="gone">Dismiss</button></div></section>',
      "pane",
    ],
  ])("%s", async (_, html, place) => {
    show(html);
    expect(await removeFocused("#gone", "gone")).toBe(place);
  });
});

describe("the focus stays where it is", () => {
  it("if it has gone on by itself", async () => {
    show(`<ul>${row("a")}${row("b")}</ul><input id="field">`);
    find("#copy-a").focus();
    await settle();
    find(".a").remove();
    find("#field").focus();
    await settle();
    expect(focused()).toBe("field");
  });

  it("if it was given up before, as by a click beside everything", async () => {
    show(`<ul>${row("a")}${row("b")}</ul>`);
    find("#copy-a").focus();
    await settle();
    find("#copy-a").blur();
    await settle();
    find(".a").remove();
    await settle();
    expect(document.activeElement).toBe(document.body);
  });
});

it("if what had opened a dialog has gone, the focus goes on as soon as the dialog is closed", async () => {
  show(`<ul>${row("a")}${row("b")}</ul><dialog open><button id="confirm">Delete</button></dialog>`);
  find("#delete-a").focus();
  await settle();
  find("#confirm").focus();
  find(".a").remove();
  await settle();
  // Browsers hide what is in a closed dialog, and let it keep the focus until they draw.
  find("#confirm").checkVisibility = () => false;
  find("dialog").removeAttribute("open");
  await settle();
  expect(focused()).toBe("delete-b");
});

it("goes nowhere once the page is gone", async () => {
  show(`<ul>${row("a")}${row("b")}</ul>`);
  end.abort();
  expect(await removeFocused(".a", "copy-a")).toBe("");
});

it("if a dialog deletes the row that had opened it, the focus goes on once the dialog has closed", async () => {
  show(`<ul>${row("a")}${row("b")}</ul><dialog><button id="confirm">Delete</button></dialog>`);
  const dialog = find("dialog") as HTMLDialogElement;
  find("#delete-a").focus();
  await settle();
  dialog.showModal();
  // For a moment, nothing has the focus.
  find("#delete-a").blur();
  await settle();
  find("#confirm").focus();
  await settle();
  find(".a").remove();
  await settle();
  expect(focused()).toBe("confirm");
  find("#confirm").blur();
  await settle();
  expect(document.activeElement).toBe(document.body);
  find("#confirm").focus();
  dialog.close();
  find("#confirm").blur();
  await settle();
  expect(focused()).toBe("delete-b");
});
