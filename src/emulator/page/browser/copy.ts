import { announce, button, setText } from "./dom.js";

/** A button `Copy id` that copies a text, and says for a moment that it did. */
export function copyButton(
  what: string,
  text: () => string | Promise<string>,
  onError: (error: unknown) => void,
  ofWhat: string,
): HTMLButtonElement {
  const name = `${what} ${ofWhat}`.trim();
  const node = button(`Copy ${what}`.trim(), () => void copy(node, name, text, onError), {
    "aria-label": `Copy ${name}`,
  });
  return node;
}

const copied = "Copied";

export async function copy(
  node: HTMLButtonElement,
  what: string,
  text: () => string | Promise<string>,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    await write(text());
  } catch (error) {
    onError(error);
    return;
  }
  announce(`Copied ${what}`);
  const label = node.textContent ?? "";
  // A second click, while it still says so, copies again and has nothing to put back.
  if (label === copied) return;
  setText(node, copied);
  setTimeout(() => setText(node, label), 1500);
}

async function write(text: string | Promise<string>): Promise<void> {
  if (!navigator.clipboard) {
    writeInsecurely(await text);
  } else if (typeof text === "string") {
    await navigator.clipboard.writeText(text);
  } else {
    // Handed over as a promise: Safari forgets the click by the time that a text arrives.
    const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
}

/** Where the page came by plain http from another machine, browsers have no clipboard but this. */
function writeInsecurely(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  const focused = document.activeElement;
  // In an open dialog everything outside of it is inert.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!done) throw new Error("The browser did not let the page copy");
}
