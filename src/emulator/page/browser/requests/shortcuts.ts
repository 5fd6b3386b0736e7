import { closeRequest, go, shown } from "../place.js";

/** Returns the link of a request in the list, or the list if the request isn't in it. */
export function rowOf(request: number): HTMLElement {
  const list = document.getElementById("requests") as HTMLElement;
  return list.querySelector<HTMLElement>(`a[href$="-${request}"]`) ?? list;
}

/** J and K open the next and the previous request, `/` goes to the filter, and Escape closes a request. */
export function onShortcut(event: KeyboardEvent): void {
  const { ctrlKey, altKey, metaKey, defaultPrevented, key, target } = event;
  if (ctrlKey || altKey || metaKey || defaultPrevented) return;
  if (!(target instanceof Element) || target.closest("dialog, input, textarea, select")) return;
  if (key === "Escape") closeRequest();
  const step = { j: 1, k: -1 }[key];
  if (step !== undefined) openNext(step);
  if (key !== "/") return;
  // Otherwise the slash would be typed there.
  event.preventDefault();
  document.querySelector<HTMLElement>("#requests [type=search]")?.focus();
}

function openNext(step: number): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>("#request-list a")];
  const numbers = rows.map(({ hash }) => Number(hash.split("-")[1]));
  const current = numbers.indexOf(Number(shown.value));
  const next = numbers[current < 0 ? 0 : current + step];
  if (next !== undefined) go(next);
}
