import type { JSX } from "preact";
import { createContext } from "preact";
import { useContext, useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./controls.js";
import { Form, type FormProps } from "./form.js";

interface DialogProps extends Omit<FormProps, "label" | "buttons"> {
  readonly title: string;
  /** The text of the button that closes the dialog. @defaultValue `Cancel` */
  readonly cancel?: string;
}

/** A callback for when the dialog inside has closed. */
export const DialogClosed: ReturnType<typeof createContext<() => void>> = createContext(() => {});

/**
 * A modal dialog, which closes when it has changed something. Escape and Cancel close it, too, and the focus returns to
 * where it was.
 */
export function Dialog({ title, cancel = "Cancel", children, ...form }: DialogProps): JSX.Element {
  const onClose = useContext(DialogClosed);
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  const onChange = () => {
    close();
    form.onChange?.();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={titleId}>
      <Form {...form} onChange={onChange} buttons={<Button onClick={close}>{cancel}</Button>}>
        <h2 id={titleId}>{title}</h2>
        {children}
      </Form>
    </dialog>
  );
}
