import type { JSX } from "preact";
import { Dialog } from "./dialog.js";

interface ConfirmDialogProps {
  readonly title: string;
  readonly action: string;
  /** What is about to go. */
  readonly what?: string;
  readonly children?: string;
  readonly onChange?: () => void;
  /** Resolves with what to report. */
  readonly submit: () => Promise<string>;
}

/** Asks before something that nothing brings back. */
export function ConfirmDialog({ what, children, ...dialog }: ConfirmDialogProps): JSX.Element {
  return (
    <Dialog {...dialog} isDangerous>
      <code>{what}</code>
      <p>{children} This can't be undone.</p>
    </Dialog>
  );
}
