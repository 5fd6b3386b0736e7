import { communicationIdentityTokenScopeVersions } from "../../../generated/enumVersions.js";
import { type Child, element } from "./dom.js";
import { invalid } from "./problem.js";

const knownScopes = Object.keys(communicationIdentityTokenScopeVersions);

/** The choice that was made last, which is likely the next one too. */
let lastScopes: readonly string[] = ["chat", "voip"];

/** Fields for the scopes and the lifetime of a token. What they hold is for the service to judge. */
export class TokenForm {
  readonly content: readonly Child[];
  readonly #boxes: readonly HTMLInputElement[];
  readonly #other = textField("e.g. a scope yet unknown");
  readonly #minutes = textField("1440", { inputmode: "numeric", class: "short" });

  constructor(scopesHint?: string) {
    this.#boxes = knownScopes.map((scope) => element("input", { type: "checkbox", value: scope }));
    for (const box of this.#boxes) box.checked = lastScopes.includes(box.value);
    this.content = [
      element(
        "fieldset",
        {},
        element("legend", {}, "Scopes"),
        element(
          "div",
          { class: "choices" },
          ...this.#boxes.map((box) => element("label", { class: "check" }, box, ` ${box.value}`)),
        ),
        scopesHint === undefined ? undefined : element("p", { class: "hint" }, scopesHint),
      ),
      field("Other scope", this.#other, "Optional. An unknown one gets the service's error."),
      field("Lifetime in minutes", this.#minutes, "60 to 1440. Empty: 1440, a day."),
    ];
  }

  /** @throws Error when the lifetime is no number. Which numbers it may be is for the service to say. */
  read(): { scopes: string[]; minutes: number | undefined } {
    const chosen = this.#boxes.filter((box) => box.checked).map((box) => box.value);
    const scopes = [...chosen, this.#other.value.trim()].filter((scope) => scope !== "");
    const minutes = this.#minutes.value.trim();
    if (!/^-?\d*$/.test(minutes)) invalid(this.#minutes, "Enter the lifetime in whole minutes, such as 60.");
    return { scopes, minutes: minutes === "" ? undefined : Number(minutes) };
  }

  /** Called when the service has taken them. */
  remember(): void {
    lastScopes = this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }
}

export function textField(
  placeholder: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLInputElement {
  return element("input", {
    type: "text",
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
  });
}

export function field(label: string, input: HTMLElement, hint: string): HTMLElement {
  return element(
    "label",
    { class: "field" },
    element("span", {}, label),
    input,
    element("span", { class: "hint" }, hint),
  );
}
