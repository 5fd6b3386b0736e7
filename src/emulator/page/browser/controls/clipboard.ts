export async function writeClipboard(text: string | Promise<string>): Promise<void> {
  if (!navigator.clipboard) {
    writeInsecurely(await text);
  } else if (typeof text === "string") {
    await navigator.clipboard.writeText(text);
  } else {
    // Safari wants the promise itself: by the time it resolves, the click no longer permits copying.
    const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
}

/** The only way to copy when the page was loaded over plain HTTP from another machine. */
function writeInsecurely(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  const focused = document.activeElement;
  // Everything outside an open dialog is inert.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!done) throw new Error("The browser did not let the page copy.");
}
