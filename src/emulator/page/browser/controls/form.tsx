import type { ComponentChildren, JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { usePage } from "../pageContext.js";
import { FieldError, RefusedField } from "./field.js";
import { useProblem } from "./problem.js";

export class Fields {
  readonly #form: HTMLFormElement;
  readonly #data: FormData;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#data = new FormData(form);
  }

  reset(): void {
    this.#form.reset();
  }

  text(name: string): string {
    return this.all(name)[0] ?? "";
  }

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

  /** Moves the focus to the field. @throws FieldError, which the field shows. */
  refuse(name: string, message: string): never {
    const field = this.#form.elements.namedItem(name);
    if (field instanceof HTMLElement) field.focus();
    throw new FieldError(name, message);
  }
}

export interface FormProps {
  /** The text of the submit button. @defaultValue there is no such button */
  readonly action?: string | undefined;
  readonly isDangerous?: boolean;
  /** The name, for a form that isn't a dialog's. */
  readonly label?: string;
  readonly children: ComponentChildren;
  readonly buttons?: ComponentChildren;
  /**
   * Called when the button or Enter is pressed. Resolves with what to report if it has changed something. The form shows
   * the error if it rejects.
   */
  readonly submit?: (fields: Fields) => Promise<string | undefined>;
  /** Called once a change is about to be reported, and once it is. */
  readonly onChange?: () => void;
  readonly onReported?: () => void;
}

export function Form({
  action,
  isDangerous,
  label,
  children,
  buttons,
  submit,
  ...on
}: FormProps): JSX.Element {
  const { report } = usePage();
  const problem = useProblem();
  const [refused, setRefused] = useState<FieldError>();
  const [isBusy, setBusy] = useState(false);
  const onSubmit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Disabling the button instead would lose the focus.
    if (isBusy || !submit) return;
    const form = event.currentTarget;
    let changed: string | undefined;
    setBusy(true);
    let refusal: FieldError | undefined;
    await problem.attempt(async () => {
      try {
        changed = await submit(new Fields(form));
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        refusal = error;
      }
    });
    setRefused(refusal);
    setBusy(false);
    if (changed === undefined) return;
    on.onChange?.();
    await report(changed);
    on.onReported?.();
  };
  return (
    <form noValidate aria-label={label} onSubmit={onSubmit}>
      <RefusedField.Provider value={refused}>{children}</RefusedField.Provider>
      {problem.view}
      <div class="buttons end">
        {buttons}
        {action && (
          <button type="submit" class={isDangerous ? "primary danger" : "primary"} aria-busy={isBusy}>
            {action}
          </button>
        )}
      </div>
    </form>
  );
}
