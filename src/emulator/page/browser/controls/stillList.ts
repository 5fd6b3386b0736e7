import type { JSX } from "preact";
import { useReducer, useRef } from "preact/hooks";

/** What a list shows while it stands still, and what has changed since. */
interface StillList<Item> {
  /** Attributes of the element around the list. */
  readonly watch: JSX.IntrinsicElements["div"];
  readonly shown: readonly Item[];
  /** The keys of rows that were deleted since, and are still shown. */
  readonly gone: ReadonlySet<string>;
  /** How many rows came above the others. What moves up into a list with a limit isn't new. */
  readonly newCount: number;
  /** Shows everything. */
  readonly release: () => void;
}

/**
 * Keeps the rows of a list where they are while the pointer or the focus is in it, since another row would be clicked
 * otherwise. What is known of a row is still renewed.
 * @param view - What the rows were chosen by, and when the list was last cleared. Another one shows everything.
 * @param isWhole - Whether the items are all that there are. Otherwise, what is missing at the end may lie beyond a limit.
 * @param limit - How many of the items are shown.
 */
export function useStillList<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  view: unknown,
  isWhole: boolean,
  limit: number = items.length,
): StillList<Item> {
  const box = useRef<HTMLDivElement>(null);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const held = useRef<{ readonly rows: readonly Item[]; readonly view: unknown } | undefined>(undefined);
  const newest = items.slice(0, limit);
  const shown = useRef<readonly Item[]>(newest);

  if (held.current && held.current.view !== view) held.current = { rows: newest, view };
  // There can be thousands of items, and most of the time nobody holds the list.
  const known = new Map(held.current && items.map((item) => [keyOf(item), item]));
  const isListed = (row: Item) => known.has(keyOf(row));
  shown.current = held.current?.rows.map((row) => known.get(keyOf(row)) ?? row) ?? newest;
  const rows = shown.current;
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
    shown: rows,
    ...(held.current ? changesOf() : { gone: new Set(), newCount: 0 }),
    release: () => {
      held.current = { rows: newest, view };
      render(undefined);
    },
  };

  function changesOf(): Pick<StillList<Item>, "gone" | "newCount"> {
    const certain = isWhole ? rows : rows.slice(0, rows.findLastIndex(isListed) + 1);
    const kept = new Set(rows.map(keyOf));
    const isKept = (item: Item) => kept.has(keyOf(item));
    // If none of the rows is among the items, all of these have come since.
    const lastKept = items.findLastIndex(isKept);
    const above = lastKept < 0 ? items : items.slice(0, lastKept + 1);
    return {
      gone: new Set(certain.filter((row) => !isListed(row)).map(keyOf)),
      newCount: above.filter((item) => !isKept(item)).length,
    };
  }
}
