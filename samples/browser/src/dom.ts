type Child = Node | string;

/** An element with attributes and children. Texts stay texts: nothing here is parsed as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  created.append(...children);
  return created;
}

/** A button that can't be pressed again before what it started has ended; what fails is told to `onError`. */
export function button(
  text: string,
  action: () => Promise<void>,
  onError: (error: unknown) => void,
  className = "",
): HTMLButtonElement {
  const created = element("button", { type: "button", class: className }, text);
  created.addEventListener("click", async () => {
    created.disabled = true;
    try {
      await action();
    } catch (error) {
      onError(error);
    } finally {
      created.disabled = false;
    }
  });
  return created;
}

/** A line for what went wrong, which screen readers announce. */
export function createProblemLine(): {
  readonly line: HTMLElement;
  show(error: unknown): void;
  clear(): void;
} {
  const line = element("p", { class: "problem", role: "alert" });
  return {
    line,
    show: (error) => {
      line.textContent = error instanceof Error ? error.message : String(error);
    },
    clear: () => {
      line.textContent = "";
    },
  };
}

/** Enough of a token to tell it from another, and no more. */
export function shorten(token: string): string {
  return `${token.slice(0, 8)}…${token.slice(-6)}`;
}

/** `in 59 minutes`. */
export function describeTimeLeft(expiresOn: Date): string {
  const minutes = Math.round((expiresOn.getTime() - Date.now()) / 60_000);
  return minutes >= 120 ? `in ${Math.round(minutes / 60)} hours` : `in ${minutes} minutes`;
}
