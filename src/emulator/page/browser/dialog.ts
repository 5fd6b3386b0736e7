import { button, type Child, element } from "./dom.js";
import { ProblemBox } from "./problem.js";

export interface DialogContent {
  readonly title: string;
  /** Text of the button that does it. */
  readonly action: string;
  readonly class?: string;
  /** Text of the button that closes it. */
  readonly cancel?: string;
  readonly content: readonly Child[];
  /** Runs on the button and on Enter. The dialog closes when it resolves with true, and shows the error when it rejects. */
  submit(problem: ProblemBox): Promise<boolean>;
}

let count = 0;

/**
 * Shows a modal dialog. Escape and Cancel close it, and the focus goes back to where it was.
 * @returns Whether it was done.
 */
export function openDialog({ title, action, content, submit, ...options }: DialogContent): Promise<boolean> {
  const titleId = `dialog-title-${++count}`;
  const problem = new ProblemBox();
  const cancel = button(options.cancel ?? "Cancel", () => dialog.close());
  const ok = element("button", { type: "submit", class: options.class ?? "primary" }, action);
  const form = element(
    "form",
    { novalidate: "" },
    element("h2", { id: titleId }, title),
    ...content,
    problem.element,
    element("div", { class: "buttons end" }, cancel, ok),
  );
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": titleId }, form);
  let done = false;
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Not by disabling the button, which would lose the focus.
    if (isBusy) return;
    isBusy = true;
    ok.setAttribute("aria-busy", "true");
    await problem.attempt(async () => {
      done = await submit(problem);
    });
    isBusy = false;
    ok.removeAttribute("aria-busy");
    if (done) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
  });
}
