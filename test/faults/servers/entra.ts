import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { tokens } from "../canaries.js";

type Step = (options: GetTokenOptions, call: number) => Promise<AccessToken | null> | AccessToken | null;

/** An Entra credential. The nth `getToken` call takes the nth step; further calls take the last one. */
export class EntraCredential implements TokenCredential {
  /** The options of every call. */
  readonly calls: GetTokenOptions[] = [];
  readonly #steps: readonly Step[];

  constructor(...steps: readonly Step[]) {
    this.#steps = steps;
  }

  async getToken(_scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const call = this.calls.push(options) - 1;
    const step = this.#steps[Math.min(call, this.#steps.length - 1)];
    return step ? step(options, call) : null;
  }
}

/** Issues a different token for each call. `lifetimeMs` defaults to an hour. */
export function issue(lifetimeMs = 3_600_000): Step {
  return (_options, call) => ({
    token: `${tokens.entra}.${call}`,
    expiresOnTimestamp: Date.now() + lifetimeMs,
  });
}

/** Issues a token after a delay and heeds the abort signal, as `@azure/identity` does. */
export function issueSlowly(delayMs: number): Step {
  return (options, call) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(issue()(options, call)), delayMs);
      options.abortSignal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(Object.assign(new Error("The operation was aborted."), { name: "AbortError" }));
      });
    });
}

export const hang: Step = () => new Promise<never>(() => {});

export function fail(message: string): Step {
  return () => Promise.reject(Object.assign(new Error(message), { name: "CredentialUnavailableError" }));
}

/** Returns the bearer token of a request, without the scheme. */
export function bearerOf(headers: ReadonlyMap<string, string>): string | undefined {
  return /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1];
}
