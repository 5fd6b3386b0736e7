import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { NoResponseError, RefusedError } from "../emulator/adminApi.js";
import { usePage } from "../pageContext.js";
import { Button } from "./controls.js";
import { Diagnosis } from "./diagnosis.js";

/** A place next to an action, where the page shows why the action failed. */
export interface ProblemBox {
  readonly view: JSX.Element;
  readonly show: (error: unknown) => void;
  readonly clear: () => void;
  /** Runs an action, and shows its error if it fails. Returns whether it succeeded. */
  readonly attempt: (action: () => Promise<unknown>) => Promise<boolean>;
}

export function useProblem(): ProblemBox {
  const [error, show] = useState<unknown>();
  const clear = () => show(undefined);
  return {
    view: <div role="alert">{error !== undefined && <Problem error={error} onDismiss={clear} />}</div>,
    show,
    clear,
    attempt: async (action) => {
      try {
        await action();
        clear();
        return true;
      } catch (failure) {
        show(failure);
        return false;
      }
    },
  };
}

function Problem({ error, onDismiss }: { error: unknown; onDismiss: () => void }): JSX.Element {
  const { status, code, message, diagnosis, topic } = detailsOf(error);
  const codes = [status, code].filter(Boolean).join(" ");
  const { emulator } = usePage();
  // It is over with the first successful read.
  useEffect(
    () =>
      emulator.error.watch(() => {
        if (error instanceof NoResponseError && emulator.error.value === undefined) onDismiss();
      }),
    [error],
  );
  return (
    <div class="problem">
      <p>
        {codes && <strong class="code">{codes} </strong>}
        {message}
      </p>
      <Button onClick={onDismiss}>Dismiss</Button>
      {diagnosis !== undefined && <Diagnosis diagnosis={diagnosis} topic={topic} />}
    </div>
  );
}

interface ErrorDetails {
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
  readonly diagnosis?: string;
  readonly topic?: string;
}

function detailsOf(error: unknown): ErrorDetails {
  // The class names of other errors mean nothing to people.
  const message = error instanceof Error ? error.message : String(error);
  // The status of what only the admin API refuses doesn't, either.
  if (!(error instanceof RefusedError) || error.refusal.topic === undefined) return { message };
  return { status: error.status, ...error.refusal, message };
}
