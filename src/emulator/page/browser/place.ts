// Which part of the page is shown. Each has an address, so that Back, reload and bookmarks work.
import { Signal } from "./signal.js";

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
/** What is shown, beside the list of requests if there is room for both. */
export const shown: Signal<Place> = new Signal(addressed());
/** A new object once the emulator's time is to have the focus. */
export const timeWanted: Signal<object | undefined> = new Signal(undefined);
/** Where a request was opened from. */
let before: Place | undefined;

addEventListener("hashchange", visit);
narrow.addEventListener("change", visit);

export function addressOf(place: Place): string {
  return `#/${typeof place === "number" ? `request-${place}` : place}`;
}

export function go(place: Place): void {
  history.pushState(null, "", addressOf(place));
  visit();
}

/** Goes back to where the request was opened. */
export function closeRequest(): void {
  if (typeof shown.value === "number") go(before ?? "requests");
}

function visit(): void {
  if (typeof shown.value !== "number") before = shown.value;
  shown.value = addressed();
}

/** Returns what the address names. */
function addressed(): Place {
  const [, number, name = ""] = /^#\/(?:request-(\d+)|(\w+))?$/.exec(location.hash) ?? [];
  if (number !== undefined) return Number(number);
  // A sign-in that was tried from there leads back to this.
  if (/^#(?:id_token|error)=/.test(location.hash)) return "entra";
  if (Object.hasOwn(panes, name)) return name as PaneName;
  return narrow.matches ? "requests" : "users";
}
