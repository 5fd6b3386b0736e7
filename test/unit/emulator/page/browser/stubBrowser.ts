import { vi } from "vitest";

/** What the page asked to be told. */
export const listeners: Map<string, () => void> = new Map();

/** Whether the window is narrow. */
export const narrow = {
  matches: false,
  addEventListener: (_: string, changed: () => void): unknown => listeners.set("narrow", changed),
};

/** Puts what the page's modules read of a browser into this process, until the test ends. */
export function stubBrowser(hash = "", origin = "http://127.0.0.1:7311"): void {
  const { protocol, host } = new URL(origin);
  const location = { protocol, host, origin, hash };
  const listen = (name: string, listener: () => void) => listeners.set(name, listener);
  vi.stubGlobal("navigator", { userAgent: "" });
  vi.stubGlobal("location", location);
  vi.stubGlobal("matchMedia", () => narrow);
  vi.stubGlobal("addEventListener", listen);
  vi.stubGlobal("document", { hidden: false, addEventListener: listen });
  vi.stubGlobal("history", {
    pushState: (_state: unknown, _title: string, address: string) => {
      location.hash = address;
    },
  });
}
