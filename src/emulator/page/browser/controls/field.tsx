import type { ComponentChildren, JSX } from "preact";
import { createContext, h } from "preact";
import { useContext, useId } from "preact/hooks";

/** Why a form refused the value of one of its fields. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The error of the form around a field. */
export const RefusedField: ReturnType<typeof createContext<FieldError | undefined>> = createContext<
  FieldError | undefined
>(undefined);

interface FieldProps {
  readonly label: string;
  readonly name?: string;
  readonly class?: string;
  readonly placeholder?: string;
  readonly defaultValue?: string;
  readonly inputMode?: "numeric";
  readonly hint?: ComponentChildren;
  /** A control to use instead of a text input. */
  readonly children?: JSX.Element;
}

/** A control with its label, its hint and, once it was refused, the reason. Screen readers read all of it there. */
export function Field({ label, hint, class: kind = "", children, ...input }: FieldProps): JSX.Element {
  const id = useId();
  const refusal = useContext(RefusedField);
  const control = children ?? <input type="text" autocomplete="off" spellcheck={false} {...input} />;
  const { type, props, ref = null } = control;
  const { name } = props;
  const error = refusal && refusal.field === name ? refusal : undefined;
  const descriptions = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div class={`field ${kind}`}>
      <label htmlFor={id}>{label}</label>
      {h(type as "select", {
        ...props,
        ref,
        id,
        "aria-invalid": error !== undefined,
        "aria-describedby": descriptions || undefined,
      })}
      {error && (
        <p key={error} role="alert" id={`${id}-error`} class="error">
          {error.message}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name?: string;
  readonly options: readonly string[];
  /** @defaultValue what somebody has chosen, at first the first one */
  readonly chosen?: number;
  readonly onChoose?: (index: number) => void;
}

/** A field in which one of several texts is chosen. */
export function Choice({ label, options, chosen, onChoose, name }: ChoiceProps): JSX.Element {
  return (
    <Field label={label}>
      <select
        name={name}
        value={options[chosen ?? -1]}
        onChange={({ currentTarget }) => onChoose?.(currentTarget.selectedIndex)}
      >
        {options.map((text) => (
          <option key={text}>{text}</option>
        ))}
      </select>
    </Field>
  );
}
