import type { ComponentChildren, JSX, TargetedSubmitEvent } from "preact";
import { createContext } from "preact";
import { useContext, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "./controls.js";
import { useProblem } from "./problem.js";

/** What happens after `submit`: the dialog stays open, or it closes and the function is called. */
export type Afterwards = "stay" | (() => unknown);

export interface DialogProps {
  readonly title: string;
  /** The text of the submit button. @defaultValue there is no such button */
  readonly action?: string;
  readonly isDangerous?: boolean;
  /** The text of the button that closes the dialog. @defaultValue `Cancel` */
  readonly cancel?: string;
  readonly children: ComponentChildren;
  /** Called when the button or Enter is pressed. The dialog shows the error if it rejects. */
  readonly submit?: (fields: Fields) => Promise<Afterwards>;
}

/** The values that were entered in a dialog. */
export class Fields {
  readonly #form: HTMLFormElement;
  readonly #data: FormData;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#data = new FormData(form);
  }

  text(name: string): string {
    return this.all(name)[0] ?? "";
  }

  /** The file that was chosen. */
  file(name: string): File | undefined {
    const file = this.#data.get(name);
    return file instanceof File && file.size > 0 ? file : undefined;
  }

  all(name: string): string[] {
    return this.#data.getAll(name).map((value) => String(value).trim());
  }

  /** Returns the whole number that was entered, or undefined for an empty field. @throws Error for anything else. */
  number(name: string, message: string): number | undefined {
    const text = this.text(name);
    if (!/^(?:-?\d+)?$/.test(text)) this.refuse(name, message);
    return text === "" ? undefined : Number(text);
  }

  /** Moves the focus to the field. @throws Error with this message. */
  refuse(name: string, message: string): never {
    const field = this.#form.elements.namedItem(name);
    if (field instanceof HTMLElement) field.focus();
    throw new Error(message);
  }
}

/** A callback for when the dialog inside has closed. */
export const DialogClosed: ReturnType<typeof createContext<() => void>> = createContext(() => {});

/** A modal dialog. Escape and Cancel close it, and the focus returns to where it was. */
export function Dialog({ title, action, isDangerous, children, submit, ...rest }: DialogProps): JSX.Element {
  const onClose = useContext(DialogClosed);
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const problem = useProblem();
  const [isBusy, setBusy] = useState(false);
  useLayoutEffect(() => dialog.current?.showModal(), []);

  const onSubmit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Disabling the button instead would lose the focus.
    if (isBusy || !submit) return;
    const form = event.currentTarget;
    setBusy(true);
    let afterwards: Afterwards = "stay";
    await problem.attempt(async () => {
      afterwards = await submit(new Fields(form));
    });
    setBusy(false);
    if (afterwards === "stay") return;
    dialog.current?.close();
    (afterwards as () => unknown)();
  };

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={titleId}>
      <form noValidate onSubmit={onSubmit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {problem.view}
        <div class="buttons end">
          <Button onClick={() => dialog.current?.close()}>{rest.cancel ?? "Cancel"}</Button>
          {action && (
            <button type="submit" class={isDangerous ? "primary danger" : "primary"} aria-busy={isBusy}>
              {action}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
