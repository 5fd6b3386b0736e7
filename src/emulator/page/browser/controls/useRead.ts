import { type Inputs, useEffect } from "preact/hooks";

interface Reading<Found> {
  /** Absent while nothing is to be read. */
  readonly read: (() => Promise<Found>) | undefined;
  readonly show: (found: Found) => void;
  readonly fail: (error: unknown) => void;
}

/** Reads again when an input changes. An earlier response is dropped then, because it can arrive after the later one. */
export function useRead<Found>({ read, show, fail }: Reading<Found>, inputs: Inputs): void {
  useEffect(() => {
    let isWanted = true;
    read?.().then(
      (found) => isWanted && show(found),
      (error) => isWanted && fail(error),
    );
    return () => {
      isWanted = false;
    };
  }, inputs);
}
