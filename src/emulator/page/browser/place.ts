// Which part of the page is shown. Each has an address, so that Back, reload and bookmarks work.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

export const panes = {
  users: "Users",
  simulate: "Simulate",
  entra: "Entra ID",
  settings: "Settings",
} as const;

export type PaneName = keyof typeof panes;

/** A pane, a request by its number, or the list of requests, which narrow windows show alone. */
export type Place = PaneName | "requests" | number;

const narrow = matchMedia("(width < 960px)");
const isNarrow = signal(narrow.matches);
const address: Signal<string> = signal(location.hash);
/** Where a request was opened from. */
let before: Place | undefined;

addEventListener("hashchange", () => visit(location.hash));
narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
});

/** What is shown, beside the list of requests if there is room for both. */
export const shown: ReadonlySignal<Place> = computed(() => {
  const [, number, name = ""] = /^#\/(?:request-(\d+)|(\w+))?$/.exec(address.value) ?? [];
  if (number !== undefined) return Number(number);
  if (Object.hasOwn(panes, name)) return name as PaneName;
  return isNarrow.value ? "requests" : "users";
});

export function addressOf(place: Place): string {
  return `#/${typeof place === "number" ? `request-${place}` : place}`;
}

export function go(place: Place): void {
  history.pushState(null, "", addressOf(place));
  visit(location.hash);
}

/** Goes back to where the request was opened. */
export function closeRequest(): void {
  if (typeof shown.value === "number") go(before ?? "requests");
}

function visit(hash: string): void {
  if (typeof shown.value !== "number") before = shown.value;
  address.value = hash;
}
