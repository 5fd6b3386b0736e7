import type {
  createTokenRefresher,
  RefreshedToken,
  TokenRefreshError,
  TokenRefresher,
  TokenRefresherOptions,
} from "acs-identity/refresher";
import { afterEach, beforeEach, vi } from "vitest";
import { Endpoint } from "./endpoint.js";

/** The refresher of a test and what it works with. Made anew for each test. */
export interface Lab {
  endpoint: Endpoint;
  refresher: TokenRefresher;
  /** What `onToken` and `onFailure` received. */
  tokens: RefreshedToken[];
  failures: TokenRefreshError[];
  /** Puts a refresher with other options in its place. */
  restart(options: Partial<TokenRefresherOptions>): TokenRefresher;
}

/** Gives each test of the surrounding `describe` a refresher on a fake clock. */
export function makeLab(create: typeof createTokenRefresher): Lab {
  const lab = {
    restart(options) {
      lab.refresher?.stop();
      const fetchToken = lab.endpoint.fetchToken;
      lab.refresher = create({ fetchToken, ...options });
      return lab.refresher;
    },
  } as Lab;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
    Object.assign(lab, { endpoint: new Endpoint(), tokens: [], failures: [] });
    lab.restart({
      onToken: (token) => lab.tokens.push(token),
      onFailure: (error) => lab.failures.push(error),
    });
  });

  afterEach(() => {
    lab.refresher.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  return lab;
}

/** Returns what a promise has become by now. */
export function watch<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const seen: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { error }),
  );
  return seen;
}
