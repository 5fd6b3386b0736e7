// Undoes what a test stubs as soon as it ends. The settings `unstubGlobals` and others do it before the next test
// begins, which is too late for the first lines of the next file: it has the same globals.
import { afterEach, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
