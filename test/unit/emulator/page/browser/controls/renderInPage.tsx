/** @jsxImportSource preact */
// Renders a control inside the page's context, without the page and its API.
import { cleanup, type RenderResult, render } from "@testing-library/preact";
import type { VNode } from "preact";
import { onTestFinished, vi } from "vitest";
import { type Page, PageContext } from "../../../../../../src/emulator/page/browser/pageContext.js";

/** What a control told the page, in order, such as `report: The user was deleted`. */
export interface Rendered extends RenderResult {
  readonly told: string[];
}

/** Renders a control, and removes it when the test ends. Time passes only in `settle`. */
export function renderInPage(control: VNode): Rendered {
  vi.useFakeTimers();
  onTestFinished(() => {
    cleanup();
    vi.useRealTimers();
  });
  const told: string[] = [];
  const tell = (how: string) => async (text: string) => void told.push(`${how}: ${text}`);
  const page = {
    announce: tell("announce"),
    notify: tell("notify"),
    report: tell("report"),
    emulator: { refresh: async () => void told.push("refresh") },
  } as unknown as Page;
  const inPage = (content: VNode) => <PageContext.Provider value={page}>{content}</PageContext.Provider>;
  const result = render(inPage(control));
  return { ...result, rerender: (content) => result.rerender(inPage(content as VNode)), told };
}
