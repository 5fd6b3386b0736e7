type Child = Node | string;

/** Creates an element with attributes and children. Strings become text nodes and are never parsed as HTML. */
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

/** Creates a button that is disabled while its action runs. If the action fails, `onError` receives the error. */
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

/** Creates a line for error messages, which screen readers announce. */
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

/** Returns just enough of a token to tell it from another. */
export function shorten(token: string): string {
  return `${token.slice(0, 8)}…${token.slice(-6)}`;
}

/** Returns a text such as `in 59 minutes`. */
export function describeTimeLeft(expiresOn: Date): string {
  const minutes = Math.round((expiresOn.getTime() - Date.now()) / 60_000);
  return minutes >= 120 ? `in ${Math.round(minutes / 60)} hours` : `in ${minutes} minutes`;
}
