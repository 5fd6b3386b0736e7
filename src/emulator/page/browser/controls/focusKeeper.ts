/** What can have the focus, and isn't skipped by Tab for a reason of its own. */
const focusable = "button, a[href], input, select, textarea, summary";

/** What names a place, innermost first: a card, the summary of details, the heading of a part, and that of a pane. */
const headings = ":scope > summary, :scope > h3, :scope > .panel-head h2";

/**
 * Gives the focus on when what had it is gone: to the next thing of its kind, else to the heading of its place. A screen
 * reader would otherwise start again at the top of the page.
 */
export class FocusKeeper {
  /** What had the focus last outside a dialog, or what took its place. */
  #anchor: HTMLElement | undefined;
  /** Whether the anchor took the place of what had the focus. */
  #isLost = false;

  /** @param end - Aborts when nobody uses the page anymore. */
  watch(root: HTMLElement, end: AbortSignal): void {
    const onFocusIn = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement) || target.closest("dialog")) return;
      this.#anchor = target;
      this.#isLost = false;
    };
    const onFocusOut = () =>
      queueMicrotask(() => {
        // Whoever clicks beside everything gives the focus up. What is gone can't.
        if (!this.#isLost && isNowhere() && this.#anchor?.isConnected && !isInDialog())
          this.#anchor = undefined;
      });
    root.addEventListener("focusin", onFocusIn, { signal: end });
    root.addEventListener("focusout", onFocusOut, { signal: end });
    const observer = new MutationObserver((records) => this.#onChange(records));
    // A dialog can close after what had opened it has gone.
    observer.observe(root, { childList: true, attributeFilter: ["open"], subtree: true });
    end.addEventListener("abort", () => observer.disconnect());
  }

  #onChange(records: readonly MutationRecord[]): void {
    for (const { target, removedNodes, previousSibling, nextSibling } of records) {
      const anchor = this.#anchor;
      if (!anchor || anchor.isConnected || !target.isConnected) continue;
      const removed = [...removedNodes].find((node) => node.contains(anchor));
      if (!(removed instanceof Element) || !(target instanceof Element)) continue;
      this.#anchor =
        nextOfKind(removed, anchor, [nextSibling, previousSibling, ...target.children]) ?? headingOf(target);
      this.#isLost = true;
    }
    this.#giveOn();
  }

  #giveOn(): void {
    if (!this.#isLost || !isNowhere() || isInDialog()) return;
    this.#isLost = false;
    this.#anchor?.focus();
  }
}

/** What is hidden with its dialog keeps the focus until the page is drawn. */
export function isNowhere(): boolean {
  const { activeElement, body } = document;
  return activeElement === body || activeElement?.checkVisibility() === false;
}

function isInDialog(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

/** Finds the same control in the next row, the row before, or what has come instead. */
function nextOfKind(
  { tagName }: Element,
  { textContent }: HTMLElement,
  rows: readonly (Node | null)[],
): HTMLElement | undefined {
  for (const row of rows) {
    if (!(row instanceof HTMLElement) || !row.isConnected || row.tagName !== tagName) continue;
    const controls = [...(row.parentElement?.querySelectorAll<HTMLElement>(focusable) ?? [])].filter(
      (control) => row.contains(control) && control.checkVisibility(),
    );
    const next = controls.find((control) => control.textContent === textContent) ?? controls[0];
    if (next) return next;
  }
  return undefined;
}

/** Returns what names a place, or the place around it. It can have the focus then. */
export function headingOf(place: Element | null): HTMLElement | undefined {
  if (!place) return undefined;
  const heading = place.matches("li[tabindex]") ? place : place.querySelector<HTMLElement>(headings);
  if (!(heading instanceof HTMLElement) || !heading.checkVisibility()) return headingOf(place.parentElement);
  if (!heading.matches(focusable)) heading.tabIndex = -1;
  return heading;
}
