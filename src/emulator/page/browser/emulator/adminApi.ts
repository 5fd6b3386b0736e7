// The operations of the admin API under /_emulator that the page uses.
import type { EntraAssignment } from "../../../../generated/models.js";
import type { TeamsUserTokenOptions } from "../../../../testing/entra/tokens/teamsUserToken.js";
import type { ActiveFault } from "../../../../testing/faults/faultQueue.js";
import type { Fault } from "../../../../testing/faults/faults.js";
import type { EntraApplication, EntraUser } from "../../../../testing/state/entries/principals.js";
import type { SeededUser } from "../../../../testing/state/entries/user.js";
import type {
  ClockInfo,
  EmulatorInfo,
  EntraDirectory,
  EntraTokenRequest,
  FaultList,
  Inspection,
  ListedRequest,
  ListedRequestLine,
  ListedToken,
  ListedUser,
  NewKey,
  NewToken,
  NewUser,
  RequestList,
  TeamsAssignment,
  TokenList,
  TokenText,
  UserList,
} from "../../../admin/models.js";

export const tokensPerUser = 5;
export const requestsPerRead = 1000;

/** What a new token shall have. Without scopes, a new user gets no token. */
export interface TokenRequest {
  readonly scopes?: readonly string[];
  readonly expiresInMinutes?: number;
}

/** Changes of the emulator's time. `set` is in milliseconds since 1970. */
export interface ClockMove {
  readonly reset?: true;
  readonly freeze?: boolean;
  readonly set?: number;
  readonly advance?: { readonly hours: number };
}

export const adminApi = {
  info: (): Promise<EmulatorInfo> => send("GET", "/info"),
  users: (limit: number, search: string): Promise<UserList<ListedUser>> =>
    send("GET", `/users?${new URLSearchParams({ limit: `${limit}`, tokens: `${tokensPerUser}`, search })}`),
  /** @param after - The number of the newest request that is known, and `before` that of the oldest one of the last page. */
  requests: (after: number, before?: number): Promise<RequestList<ListedRequestLine>> =>
    send(
      "GET",
      `/requests?brief&limit=${requestsPerRead}&after=${after}${before ? `&before=${before}` : ""}`,
    ),
  request: (number: number): Promise<ListedRequest> => send("GET", `/requests/${number}`),
  createUser: (user: TokenRequest & SeededUser): Promise<NewUser> => send("POST", "/users", user),
  deleteUser: (id: string): Promise<unknown> => send("DELETE", `/users/${encodeURIComponent(id)}`),
  issueToken: (id: string, request: TokenRequest): Promise<NewToken> =>
    send("POST", `/users/${encodeURIComponent(id)}/tokens`, request),
  revokeTokens: (id: string): Promise<unknown> => send("DELETE", `/users/${encodeURIComponent(id)}/tokens`),
  tokensOf: async (id: string): Promise<readonly ListedToken[]> =>
    (await send<TokenList>("GET", `/users/${encodeURIComponent(id)}/tokens?limit=1000`)).tokens,
  /** Returns the JWT, which the emulator signs again. */
  token: async (number: number): Promise<string> => (await send<TokenText>("GET", `/tokens/${number}`)).token,
  inspect: (token: string): Promise<Inspection> => send("POST", "/tokens:inspect", { token }),
  moveClock: (move: ClockMove): Promise<ClockInfo> => send("POST", "/clock", move),
  clearRequests: (): Promise<unknown> => send("DELETE", "/requests"),
  faults: async (): Promise<readonly ActiveFault[]> => (await send<FaultList>("GET", "/faults")).faults,
  addFault: (fault: Fault): Promise<unknown> => send("POST", "/faults", fault),
  stopFault: (number: number): Promise<unknown> => send("DELETE", `/faults/${number}`),
  stopFaults: (): Promise<unknown> => send("DELETE", "/faults"),
  entra: (): Promise<EntraDirectory> => send("GET", "/entra"),
  /** Adds a user, or changes the given members of the one with this object id. */
  setEntraUser: (user: Pick<EntraUser, "objectId"> & Partial<EntraUser>): Promise<unknown> =>
    send("POST", "/entra/users", user),
  /** Adds an application, or changes the given members of the one with this client id. */
  setEntraApplication: (application: EntraApplication): Promise<unknown> =>
    send("POST", "/entra/applications", application),
  /** Keeps the application's other redirect URIs. */
  allowRedirectUri: async (clientId: string, uri: string): Promise<unknown> => {
    const { applications } = await adminApi.entra();
    const { redirectUris = [] } = applications.find((each) => each.clientId === clientId) ?? {};
    return adminApi.setEntraApplication({ clientId, redirectUris: [...new Set([...redirectUris, uri])] });
  },
  deleteEntraPrincipal: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/principals/${objectId}`),
  saveEntraAssignment: (assignment: EntraAssignment): Promise<unknown> =>
    send("POST", "/entra/assignments", assignment),
  deleteEntraAssignment: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/assignments/${objectId}`),
  saveTeamsAssignment: (assignment: TeamsAssignment): Promise<unknown> =>
    send("POST", "/teamsExtension/assignments", assignment),
  deleteTeamsAssignment: ({ tenantId, objectId }: TeamsAssignment): Promise<unknown> =>
    send("DELETE", `/teamsExtension/assignments/${tenantId}/${objectId}`),
  entraToken: async (request: EntraTokenRequest): Promise<string> =>
    (await send<TokenText>("POST", "/entraTokens", request)).token,
  teamsUserToken: async (request: TeamsUserTokenOptions): Promise<string> =>
    (await send<TokenText>("POST", "/teamsUserTokens", request)).token,
  restore: (snapshot: Blob): Promise<unknown> => send("PUT", "/snapshot", snapshot),
  regenerateKey: (keyType: string): Promise<NewKey> => send("POST", "/keys/regenerate", { keyType }),
  reset: (): Promise<unknown> => send("POST", "/reset"),
};

export const snapshotUrl = "/_emulator/snapshot";

async function send<Content>(method: string, path: string, body?: object): Promise<Content> {
  const response = await responseTo(`/_emulator${path}`, {
    method,
    signal: AbortSignal.timeout(body instanceof Blob ? 120_000 : 10_000),
    ...(body && {
      body: body instanceof Blob ? body : JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  });
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Content;
  throw new RefusedError(response.status, refusalIn(text));
}

async function responseTo(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch {
    throw new NoResponseError("The emulator doesn't respond. Is it still running?");
  }
}

export class NoResponseError extends Error {}

export class RefusedError extends Error {
  readonly status: number;
  readonly refusal: Refusal;

  constructor(status: number, refusal: Refusal) {
    super(refusal.message ?? `The admin API responded with status ${status}.`);
    this.status = status;
    this.refusal = refusal;
  }
}

/** The `error` of a response. It has a topic if the service would refuse the same. */
export interface Refusal {
  readonly code?: string;
  readonly message?: string;
  readonly diagnosis?: string;
  readonly topic?: string;
}

function refusalIn(text: string): Refusal {
  try {
    return (JSON.parse(text) as { error?: Refusal }).error ?? {};
  } catch {
    return {};
  }
}
