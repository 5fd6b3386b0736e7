// Undoes what a test stubs or fakes, timers included, as soon as it ends. The settings `unstubGlobals` and others do it before the next test
// begins, which is too late for the first lines of the next file: it has the same globals.
import { afterEach, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
