import type { JSX } from "preact";
import { useReducer, useRef } from "preact/hooks";

/** What a list shows while it stands still, and how many rows came since. */
interface StillList<Item> {
  /** Attributes of the element around the list. */
  readonly watch: JSX.IntrinsicElements["div"];
  readonly shown: readonly Item[];
  readonly newCount: number;
  /** Shows everything. */
  readonly release: () => void;
}

/**
 * Keeps the rows of a list where they are while the pointer or the focus is in it, since another row would be clicked
 * otherwise. What is known of a row is still renewed. Fewer rows than before mean that somebody has cleared or deleted.
 * @param view - What the rows were chosen by. Another one shows everything.
 */
export function useStillList<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  view: unknown,
): StillList<Item> {
  const box = useRef<HTMLDivElement>(null);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const held = useRef<{ readonly rows: readonly Item[]; readonly view: unknown } | undefined>(undefined);
  const shown = useRef<readonly Item[]>(items);

  const { rows, view: before } = held.current ?? { rows: items, view };
  if (held.current && (before !== view || items.length < rows.length)) held.current = { rows: items, view };
  const known = new Map(items.map((item) => [keyOf(item), item]));
  shown.current = held.current?.rows.map((row) => known.get(keyOf(row)) ?? row) ?? items;
  const kept = new Set(shown.current.map(keyOf));
  const hold = () => {
    held.current ??= { rows: shown.current, view };
  };
  const letGo = () => {
    // The event comes before the browser has moved the focus.
    setTimeout(() => {
      if (!held.current || box.current?.matches(":hover, :focus-within")) return;
      held.current = undefined;
      render(undefined);
    });
  };
  return {
    watch: { ref: box, onPointerOver: hold, onFocusIn: hold, onPointerLeave: letGo, onFocusOut: letGo },
    shown: shown.current,
    newCount: held.current ? items.filter((item) => !kept.has(keyOf(item))).length : 0,
    release: () => {
      held.current = { rows: items, view };
      render(undefined);
    },
  };
}
