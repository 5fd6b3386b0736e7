import { createContext, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { EmulatorView } from "./emulator/emulatorView.js";

/** What every component of the page can use. */
export interface Page {
  /** The emulator's state as the page last read it. */
  readonly emulator: EmulatorView;
  readonly open: (dialog: VNode) => void;
  /** Announces to screen readers what happened. */
  readonly announce: (text: string) => void;
  /** Shows and announces a text for a while. */
  readonly notify: (text: string) => void;
  /** Shows and announces a change that was made here at once, reads everything again, and lists the change. */
  readonly report: (text: string) => Promise<void>;
}

/** Every component is inside the page, so the default is never used. */
export const PageContext: ReturnType<typeof createContext<Page>> = createContext({} as Page);

export function usePage(): Page {
  return useContext(PageContext);
}
