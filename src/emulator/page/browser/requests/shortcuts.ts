import { closeRequest, go, shown } from "../place.js";

/** Returns the link of a request in the list, or the list if the request isn't in it. */
export function rowOf(request: number): HTMLElement {
  const list = document.getElementById("requests") as HTMLElement;
  return list.querySelector<HTMLElement>(`a[href$="-${request}"]`) ?? list;
}

/** Escape closes a request, wherever the focus is. */
export function onEscape(event: KeyboardEvent): void {
  if (event.key === "Escape" && isForPage(event)) closeRequest();
}

/**
 * J and K open the next and the previous request, and `/` goes to the filter, while the focus is in the list or in a
 * request: people who speak to their computer would press single keys elsewhere without meaning to.
 */
export function onRequestKey(event: KeyboardEvent): void {
  if (!isForPage(event)) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step !== undefined) openNext(step);
  if (event.key !== "/") return;
  // Otherwise the slash would be typed there.
  event.preventDefault();
  document.querySelector<HTMLElement>("#requests [type=search]")?.focus();
}

export function isForPage({ ctrlKey, altKey, metaKey, defaultPrevented, target }: KeyboardEvent): boolean {
  if (ctrlKey || altKey || metaKey || defaultPrevented) return false;
  return target instanceof Element && !target.closest("dialog, input, textarea, select");
}

function openNext(step: number): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>("#request-list a")];
  const numbers = rows.map(({ hash }) => Number(hash.split("-")[1]));
  // A request that has left the list has its place between those that are in it. The newest one comes first.
  const place = shown.value;
  const next =
    typeof place !== "number"
      ? numbers[0]
      : step > 0
        ? numbers.find((number) => number < place)
        : numbers.findLast((number) => number > place);
  if (next !== undefined) go(next);
}
