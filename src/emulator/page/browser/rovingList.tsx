import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { TabStop } from "./controls.js";

interface RovingListProps<Item> {
  readonly as: "ul" | "ol";
  readonly id: string;
  /** What a row stands for, such as `user`. */
  readonly noun: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Renders a row as an `li`. */
  readonly children: (item: Item) => ComponentChildren;
}

/**
 * A list in which Tab reaches only the controls of one row, and the arrow keys move from row to row. With hundreds of
 * rows, Tab would otherwise take hundreds of steps to leave the list.
 */
export function RovingList<Item>(props: RovingListProps<Item>): JSX.Element {
  const { as: List, id, noun, items, keyOf, children } = props;
  const list = useRef<HTMLUListElement & HTMLOListElement>(null);
  const [current, setCurrent] = useState<string>();
  const keys = items.map(keyOf);
  const stop = current !== undefined && keys.includes(current) ? current : keys[0];

  const rowOf = (node: EventTarget | null) =>
    [...(list.current?.children ?? [])].find((row) => node instanceof Node && row.contains(node));
  const onFocusIn = ({ target }: FocusEvent) => {
    const row = rowOf(target);
    setCurrent(keys[[...(list.current?.children ?? [])].indexOf(row as Element)]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rowOf(event.target);
    const target = row && !event.ctrlKey && !event.altKey && !event.metaKey && moves[event.key]?.(row);
    if (!target || !(event.target instanceof HTMLElement)) return;
    const { textContent } = event.target;
    const controls = [...target.querySelectorAll<HTMLElement>("button, summary, a")];
    event.preventDefault();
    (controls.find((control) => control.textContent === textContent) ?? controls[0])?.focus();
  };

  return (
    <>
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
            {children(item)}
          </TabStop.Provider>
        ))}
      </List>
      <p class="keys hint" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> previous or next {noun} · <kbd>Tab</kbd> inside the {noun}
      </p>
    </>
  );
}

const moves: Readonly<Record<string, (row: Element) => Element | null | undefined>> = {
  ArrowDown: (row) => row.nextElementSibling,
  ArrowUp: (row) => row.previousElementSibling,
  Home: (row) => row.parentElement?.firstElementChild,
  End: (row) => row.parentElement?.lastElementChild,
};
