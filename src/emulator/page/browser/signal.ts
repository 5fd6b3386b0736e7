import { useLayoutEffect, useState } from "preact/hooks";

/** A value that components show. Setting another one renders those again that use it, and no others. */
export class Signal<Value> {
  #value: Value;
  readonly #watchers: Set<() => void> = new Set();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    if (value === this.#value) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Calls the watcher after each change until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }
}

/** Returns the signal's value, and renders the component again when that changes. */
export function useSignal<Value>(signal: Signal<Value>): Value {
  const [, show] = useState(signal.value);
  useLayoutEffect(() => {
    const update = () => show(signal.value);
    // It may have changed since it was rendered.
    update();
    return signal.watch(update);
  }, []);
  return signal.value;
}
