import { isRestError, type ServiceError } from "../../../index.js";
import { AdminError } from "./adminApi.js";
import { diagnosisView } from "./diagnosis.js";
import { button, element } from "./dom.js";

/** What went wrong, for people. */
interface Problem {
  readonly code: string;
  readonly message: string;
  readonly diagnosis?: string;
}

function problemOf(error: unknown): Problem {
  if (isRestError(error)) {
    const service = (error.details as { error?: ServiceError } | undefined)?.error;
    const diagnosis = error.response?.headers.get("x-ms-emulator-diagnosis");
    const code = [error.statusCode, error.code ?? service?.code].filter(Boolean).join(" ");
    return { code, message: service?.message ?? error.message, ...(diagnosis ? { diagnosis } : {}) };
  }
  if (error instanceof AdminError) {
    return { code: [error.statusCode, error.code].filter(Boolean).join(" "), message: error.message };
  }
  if (error instanceof Error) return { code: error.name, message: error.message };
  return { code: "Error", message: String(error) };
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
        element("p", {}, element("strong", { class: "code" }, code), ` ${message}`),
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
