import type {
  createTokenRefresher,
  RefreshedToken,
  TokenRefreshError,
  TokenRefresher,
  TokenRefresherOptions,
} from "acs-identity/refresher";
import { afterEach, beforeEach, vi } from "vitest";
import { Endpoint } from "./endpoint.js";

// Each test has its own. What imports them sees the present ones.
export let endpoint: Endpoint;
export let refresher: TokenRefresher;
/** What `onToken` received. */
export let tokens: RefreshedToken[];
/** What `onFailure` received. */
export let failures: TokenRefreshError[];

let create: typeof createTokenRefresher;

/** Gives each test of the surrounding `describe` a refresher on a fake clock. */
export function useLab(creator: typeof createTokenRefresher): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
    create = creator;
    endpoint = new Endpoint();
    tokens = [];
    failures = [];
    refresher = create({
      fetchToken: endpoint.fetchToken,
      onToken: (token) => tokens.push(token),
      onFailure: (error) => failures.push(error),
    });
  });

  afterEach(() => {
    refresher.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

/** Puts a refresher with other options in the place of the test's. */
export function restart(options: Partial<TokenRefresherOptions>): TokenRefresher {
  refresher.stop();
  refresher = create({ fetchToken: endpoint.fetchToken, ...options });
  return refresher;
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
