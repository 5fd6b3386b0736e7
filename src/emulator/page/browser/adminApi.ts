// The parts of the admin API under /_emulator that the page uses. All dates are ISO 8601.

export interface EmulatorInfo {
  readonly version: string;
  readonly connectionString: string;
  readonly strictness: "strict" | "standard" | "loose";
  /** How many faults wait for a request. */
  readonly faults: number;
  /** The service's time. */
  readonly time: string;
  readonly frozen: boolean;
  readonly skewInMs: number;
  /** Changes with every change of a user, a token or the request log. */
  readonly revision: number;
  readonly entra: EntraSettings;
}

export interface EntraSettings {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Who can sign in at the Entra ID authority. */
export interface EntraDirectory extends EntraSettings {
  readonly applications: readonly EntraDirectoryApplication[];
  readonly users: readonly EntraDirectoryUser[];
  /** Of the Teams extension. */
  readonly assignments: readonly ListedAssignment[];
  readonly entraAssignments: readonly Required<ListedAssignment>[];
}

export interface EntraDirectoryUser {
  readonly objectId: string;
  readonly tenantId: string;
  readonly username: string;
  readonly hasTeamsLicense: boolean;
  readonly hasRole: boolean;
}

export interface EntraDirectoryApplication {
  readonly clientId: string;
  readonly objectId: string;
  readonly name: string;
  readonly hasRole: boolean;
}

/** A Teams extension assignment. One of Entra users always has client ids. */
export interface ListedAssignment {
  readonly tenantId: string;
  readonly objectId: string;
  readonly principalType: string;
  readonly clientIds?: readonly string[];
}

export interface ListedToken {
  readonly number: number;
  readonly scopes: readonly string[];
  readonly issuedAt: string;
  readonly expiresOn: string;
  readonly revokedAt?: string;
}

export interface ListedUser {
  readonly id: string;
  readonly customId?: string;
  readonly createdAt: string;
  readonly lastTokenIssuedAt?: string;
  /** How many tokens have not expired, including revoked ones. */
  readonly tokenCount: number;
  /** The newest of these tokens, newest first. */
  readonly tokens: readonly ListedToken[];
}

export interface UserPage {
  readonly total: number;
  /** How many users match the search. */
  readonly matching: number;
  readonly users: readonly ListedUser[];
}

export interface ListedRequest {
  readonly number: number;
  readonly time: string;
  readonly method: string;
  readonly target: string;
  readonly operation?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The id of the user that the response names, such as a new one. */
  readonly userId?: string;
  /** Absent when a fault dropped the connection. */
  readonly status?: number;
  readonly code?: string;
  /** The message of an error response. */
  readonly message?: string;
  readonly diagnosis?: string;
  /** The section of TROUBLESHOOTING.md that explains an error response. */
  readonly topic?: string;
  readonly durationInMs: number;
}

export interface Inspection {
  readonly valid: boolean;
  readonly problem?: string;
  readonly message: string;
  readonly userId?: string;
  readonly scopes?: readonly string[];
  readonly issuedAt?: string;
  readonly expiresOn?: string;
  readonly encrypted?: true;
}

/** How many tokens the page shows for each user. */
export const tokensPerUser = 5;

/** A fault for the next requests. */
export interface ListedFault {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterInSeconds?: number;
  readonly times?: number;
  readonly operation?: string;
  readonly drop?: "before" | "after";
  readonly delayInMs?: number;
}

/** What to put into an application's or a user's Entra ID token. The emulator has a default for each member. */
export interface EntraTokenRequest {
  readonly scope?: string;
  readonly tenantId?: string;
  readonly objectId?: string;
  readonly clientId?: string;
  readonly expiresInMinutes?: number;
}

export interface TeamsUserTokenRequest {
  readonly appId: string;
  readonly userId: string;
  readonly expiresInMinutes?: number;
}

export const adminApi = {
  info: (): Promise<EmulatorInfo> => send("GET", "/info"),
  users: (limit: number, search: string): Promise<UserPage> =>
    send("GET", `/users?${new URLSearchParams({ limit: `${limit}`, tokens: `${tokensPerUser}`, search })}`),
  requests: async (limit: number): Promise<readonly ListedRequest[]> =>
    (await send<{ requests: ListedRequest[] }>("GET", `/requests?limit=${limit}`)).requests,
  tokensOf: async (id: string, limit = 1000): Promise<readonly ListedToken[]> =>
    (await send<{ tokens: ListedToken[] }>("GET", `/users/${encodeURIComponent(id)}/tokens?limit=${limit}`))
      .tokens,
  /** Returns the JWT, which the emulator signs again. */
  token: async (number: number): Promise<string> =>
    (await send<{ token: string }>("GET", `/tokens/${number}`)).token,
  inspect: (token: string): Promise<Inspection> => send("POST", "/tokens:inspect", { token }),
  moveClock: (move: { reset: true } | { advance: { hours: number } }): Promise<unknown> =>
    send("POST", "/clock", move),
  clearRequests: (): Promise<unknown> => send("DELETE", "/requests"),
  faults: async (): Promise<readonly ListedFault[]> =>
    (await send<{ faults: ListedFault[] }>("GET", "/faults")).faults,
  addFault: (fault: ListedFault): Promise<unknown> => send("POST", "/faults", fault),
  clearFaults: (): Promise<unknown> => send("DELETE", "/faults"),
  entra: (): Promise<EntraDirectory> => send("GET", "/entra"),
  addEntraUser: (user: Omit<EntraDirectoryUser, "tenantId">): Promise<unknown> =>
    send("POST", "/entra/users", user),
  addEntraApplication: (application: {
    readonly clientId: string;
    readonly name: string;
    readonly clientSecrets: readonly string[];
    readonly hasRole: boolean;
  }): Promise<unknown> => send("POST", "/entra/applications", application),
  /** Changes only the role of a user or an application. */
  setRole: (
    principal: { readonly objectId: string } | { readonly clientId: string },
    hasRole: boolean,
  ): Promise<unknown> =>
    send("POST", "clientId" in principal ? "/entra/applications" : "/entra/users", { ...principal, hasRole }),
  deleteEntraPrincipal: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/principals/${objectId}`),
  saveEntraAssignment: (assignment: Required<ListedAssignment>): Promise<unknown> =>
    send("POST", "/entra/assignments", assignment),
  deleteEntraAssignment: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/assignments/${objectId}`),
  entraToken: async (request: EntraTokenRequest): Promise<string> =>
    (await send<{ token: string }>("POST", "/entraTokens", request)).token,
  teamsUserToken: async (request: TeamsUserTokenRequest): Promise<string> =>
    (await send<{ token: string }>("POST", "/teamsUserTokens", request)).token,
  restore: (snapshot: Blob): Promise<unknown> => send("PUT", "/snapshot", snapshot),
  reset: (): Promise<unknown> => send("POST", "/reset"),
};

export const snapshotUrl = "/_emulator/snapshot";

async function send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await answerTo(`/_emulator${path}`, {
    method,
    signal: AbortSignal.timeout(body instanceof Blob ? 120_000 : 10_000),
    ...(body && {
      body: body instanceof Blob ? body : JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  });
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
  throw new Error(messageOf(text) ?? `The admin API answered with status ${response.status}.`);
}

async function answerTo(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error("The emulator doesn't respond. Is it still running?");
  }
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
