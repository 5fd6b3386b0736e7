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

export const PageContext: ReturnType<typeof createContext<Page | undefined>> = createContext<
  Page | undefined
>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("This component is not inside the page");
  return page;
}
