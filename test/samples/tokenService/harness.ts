import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "acs-identity";
import type { Emulator } from "acs-identity/emulator";
import type { TrustedIssuer } from "../../../samples/token-service/authenticate.js";
import { CallerTokens } from "../../../samples/token-service/callerTokens.js";
import { createDevIssuer, type DevIssuer } from "../../../samples/token-service/devIssuer.js";
import { createTokenService } from "../../../samples/token-service/server.js";
import { UserStore } from "../../../samples/token-service/userStore.js";

/** What a token service answered. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly token: string;
    readonly expiresOn: string;
    readonly user: { readonly communicationUserId: string };
    readonly error?: { readonly code: string; readonly message: string };
  };
}

export interface Running {
  readonly url: string;
  readonly store: UserStore;
  readonly log: readonly string[];
  /** The JWT of a sign-in. */
  signIn(name: string): Promise<string>;
  /** Calls the service as this caller; `jwt` may be no JWT at all. */
  call(method: string, path: string, jwt: string | undefined): Promise<Reply>;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly database?: string;
  /** One of its own unless told. */
  readonly devIssuer?: DevIssuer;
  readonly trusted?: TrustedIssuer;
  readonly limitInMs?: number;
  readonly client?: CommunicationIdentityClientOptions;
}

/** Starts a token service on an emulator. Retries hardly wait, so that faults don't take seconds. */
export async function startTokenService(emulator: Emulator, options: StartOptions = {}): Promise<Running> {
  const { database = ":memory:", limitInMs = 10_000 } = options;
  const log: string[] = [];
  const devIssuer = options.devIssuer ?? (await createDevIssuer());
  const store = new UserStore(database);
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    retryOptions: { retryDelayInMs: 5, maxRetryDelayInMs: 2_000 },
    ...options.client,
  });
  const listener = createTokenService({
    tokens: new CallerTokens(client, store, ["chat", "voip"]),
    trusted: options.trusted ?? devIssuer,
    devIssuer,
    limitInMs,
    log: (line) => log.push(line),
  });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    store,
    log,
    signIn: (name) => devIssuer.signIn(name),
    call: (method, path, jwt) => callService(`${url}${path}`, method, jwt),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}

export async function callService(url: string, method: string, jwt: string | undefined): Promise<Reply> {
  const headers = jwt === undefined ? {} : { Authorization: `Bearer ${jwt}` };
  const response = await fetch(url, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

/** How many users the emulator has. */
export async function countUsers(emulator: Emulator): Promise<number> {
  const response = await fetch(`${emulator.url}/_emulator/info`);
  const { users } = (await response.json()) as { users: number };
  return users;
}

/** Runs with the path of a file that is not there yet, and removes all of it afterwards. */
export async function withDatabaseFile(use: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "token-service-"));
  try {
    await use(join(folder, "users.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
