export type Child = Node | string | undefined;

/** A new element. An attribute that is undefined is left out. Text is never read as HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

export function button(
  label: string,
  onClick: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", onClick);
  return node;
}

/** An element of index.html. */
export function byId<Type extends HTMLElement>(id: string, type: abstract new () => Type): Type {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`The page has no ${type.name} with the id ${id}`);
  return node;
}

/** Leaves the text alone when it is the same: what is selected in it stays so, and nothing is painted. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** What a list shows for one item. */
export interface Row<Item> {
  readonly element: HTMLElement;
  update(item: Item): void;
}

/** Shows items as children of an element, and keeps the row of an item, with its focus, as long as it is there. */
export class KeyedList<Item, ItemRow extends Row<Item>> {
  readonly #container: HTMLElement;
  readonly #keyOf: (item: Item) => string;
  readonly #create: (item: Item) => ItemRow;
  #rows = new Map<string, ItemRow>();

  constructor(container: HTMLElement, keyOf: (item: Item) => string, create: (item: Item) => ItemRow) {
    this.#container = container;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  show(items: readonly Item[]): void {
    const rows = new Map<string, ItemRow>();
    for (const item of items) {
      const key = this.#keyOf(item);
      const row = this.#rows.get(key) ?? this.#create(item);
      row.update(item);
      rows.set(key, row);
    }
    for (const [key, row] of this.#rows) if (!rows.has(key)) row.element.remove();
    this.#rows = rows;
    let place = this.#container.firstElementChild;
    for (const { element: node } of rows.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.#container.insertBefore(node, place);
    }
  }

  rows(): IterableIterator<ItemRow> {
    return this.#rows.values();
  }

  row(key: string): ItemRow | undefined {
    return this.#rows.get(key);
  }
}

/** Tells people who do not see the page what happened. */
export function announce(text: string): void {
  byId("announcement", HTMLElement).textContent = text;
}
