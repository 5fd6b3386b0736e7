import { type CommunicationError, isRestError } from "../../../index.js";
import { diagnosisView } from "./diagnosis.js";
import { button, element } from "./dom.js";

/** What went wrong, for people. */
interface Problem {
  /** Of the service. The class name of any other error tells people nothing. */
  readonly code?: string;
  readonly message: string;
  readonly diagnosis?: string;
}

function problemOf(error: unknown): Problem {
  if (isRestError(error)) {
    const service = (error.details as { error?: CommunicationError } | undefined)?.error;
    const diagnosis = error.response?.headers.get("x-ms-emulator-diagnosis");
    const code = [error.statusCode, error.code ?? service?.code].filter(Boolean).join(" ");
    return { code, message: service?.message ?? error.message, ...(diagnosis ? { diagnosis } : {}) };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

/** A place where the error of an action is shown, beside what caused it. */
export class ProblemBox {
  readonly element: HTMLElement = element("div", { role: "alert", class: "problem-box" });
  #text = "";

  show(error: unknown): void {
    const { code, message, diagnosis } = problemOf(error);
    const text = [code, message, diagnosis].join("\n");
    // Said again, it would interrupt a screen reader each second that the emulator is away.
    if (text === this.#text) return;
    this.#text = text;
    this.element.replaceChildren(
      element(
        "div",
        { class: "problem" },
        element("p", {}, code && element("strong", { class: "code" }, `${code} `), message),
        button("Dismiss", () => this.clear(), { class: "quiet" }),
        diagnosis === undefined ? undefined : diagnosisView(diagnosis),
      ),
    );
  }

  clear(): void {
    if (this.#text === "") return;
    this.#text = "";
    this.element.replaceChildren();
  }

  /** Runs an action, and shows its error when it fails. Says whether it succeeded. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      this.clear();
      return true;
    } catch (error) {
      this.show(error);
      return false;
    }
  }
}

/** Turns down what was entered, and leads back to where. */
export function invalid(input: HTMLElement, message: string): never {
  input.focus();
  throw new Error(message);
}
