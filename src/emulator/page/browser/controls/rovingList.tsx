import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { plural } from "../format.js";
import { TabStop } from "./controls.js";
import { useStillList } from "./stillList.js";

interface RovingListProps<Item> {
  readonly as: "ul" | "ol";
  readonly id: string;
  /** What a row stands for, such as `user`. */
  readonly noun: string;
  readonly items: readonly Item[];
  /** What the items were chosen by, such as a filter. */
  readonly view: unknown;
  /** Whether there are no others. */
  readonly isWhole: boolean;
  /** How many of them are shown. @defaultValue all */
  readonly limit?: number;
  readonly keyOf: (item: Item) => string;
  /** Whether a row has controls. @defaultValue each has */
  readonly hasControls?: (item: Item) => boolean;
  /** Further keys, for people who see them. */
  readonly keys: ComponentChildren;
  /** Renders a row as an `li`. One that is gone keeps its place until the list moves. */
  readonly children: (item: Item, isGone: boolean) => ComponentChildren;
}

const controls = "button, summary, a";

/**
 * A list in which Tab reaches only the controls of one row, and the arrow keys move from row to row, past rows without
 * controls. With hundreds of rows, Tab would otherwise take hundreds of steps to leave the list. It stands still while
 * the pointer or the focus is in it, and says how many rows are new.
 */
export function RovingList<Item>(props: RovingListProps<Item>): JSX.Element {
  const { as: List, id, noun, keyOf, children } = props;
  const list = useRef<HTMLUListElement & HTMLOListElement>(null);
  const {
    watch,
    shown: items,
    gone,
    newCount,
    release,
  } = useStillList(props.items, keyOf, props.view, props.isWhole, props.limit);
  const [current, setCurrent] = useState<string>();
  const keys = items.map(keyOf);
  const first = props.hasControls ? items.findIndex(props.hasControls) : 0;
  const stop = current !== undefined && keys.includes(current) ? current : keys[first];

  const rowOf = (node: EventTarget | null) =>
    [...(list.current?.children ?? [])].find((row) => node instanceof Node && row.contains(node));
  const onFocusIn = ({ target }: FocusEvent) => {
    const row = rowOf(target);
    setCurrent(keys[[...(list.current?.children ?? [])].indexOf(row as Element)]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { ctrlKey, altKey, metaKey, key, target } = event;
    const move = moves[key];
    if (ctrlKey || altKey || metaKey || !move || !(target instanceof HTMLElement)) return;
    const rows = [...(list.current?.children ?? [])].filter((row) => row.querySelector(controls));
    const next = rows[move(rows.indexOf(rowOf(target) as Element), rows.length)];
    if (!next) return;
    event.preventDefault();
    const choice = [...next.querySelectorAll<HTMLElement>(controls)];
    (choice.find(({ textContent }) => textContent === target.textContent) ?? choice[0])?.focus();
  };

  return (
    <div {...watch}>
      {newCount > 0 && (
        <button type="button" class="primary news" onClick={release}>
          {plural(newCount, "new row")}
        </button>
      )}
      <List
        ref={list}
        id={id}
        class="rows"
        aria-label={`${noun[0]?.toUpperCase()}${noun.slice(1)}s`}
        aria-description={`The arrow keys move from ${noun} to ${noun}.`}
        onFocusIn={onFocusIn}
        onKeyDown={onKeyDown}
      >
        {items.map((item, index) => (
          <TabStop.Provider key={keys[index]} value={keys[index] === stop ? 0 : -1}>
            {children(item, gone.has(keyOf(item)))}
          </TabStop.Provider>
        ))}
      </List>
      <p class="keys hint" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> previous or next {noun} · {props.keys}
      </p>
    </div>
  );
}

const moves: Readonly<Record<string, (place: number, count: number) => number>> = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};
