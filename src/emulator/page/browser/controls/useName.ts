import { useState } from "preact/hooks";

let count = 0;

/** Returns an id that nothing else on the page has. */
export function useName(): string {
  return useState(() => {
    count += 1;
    return `name-${count}`;
  })[0];
}
