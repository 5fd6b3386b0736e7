// The operations of the admin API under /_emulator that the page uses.
import type { EntraAssignment } from "../../../generated/models.js";
import type { EntraApplication, EntraUser } from "../../../testing/entra/principals.js";
import type { Fault } from "../../../testing/faults.js";
import type { TeamsUserTokenOptions } from "../../../testing/tokens/entraTokens.js";
import type {
  EmulatorInfo,
  EntraDirectory,
  EntraTokenRequest,
  FaultList,
  InspectionAnswer,
  ListedRequest,
  ListedToken,
  ListedUser,
  RequestList,
  TokenAnswer,
  TokenList,
  UserList,
} from "../../admin/answers.js";

/** How many tokens the page shows for each user. */
export const tokensPerUser = 5;

export const adminApi = {
  info: (): Promise<EmulatorInfo> => send("GET", "/info"),
  users: (limit: number, search: string): Promise<UserList<ListedUser>> =>
    send("GET", `/users?${new URLSearchParams({ limit: `${limit}`, tokens: `${tokensPerUser}`, search })}`),
  requests: async (limit: number): Promise<readonly ListedRequest[]> =>
    (await send<RequestList<ListedRequest>>("GET", `/requests?limit=${limit}`)).requests,
  tokensOf: async (id: string, limit = 1000): Promise<readonly ListedToken[]> =>
    (await send<TokenList>("GET", `/users/${encodeURIComponent(id)}/tokens?limit=${limit}`)).tokens,
  /** Returns the JWT, which the emulator signs again. */
  token: async (number: number): Promise<string> =>
    (await send<TokenAnswer>("GET", `/tokens/${number}`)).token,
  inspect: (token: string): Promise<InspectionAnswer> => send("POST", "/tokens:inspect", { token }),
  moveClock: (move: { reset: true } | { advance: { hours: number } }): Promise<unknown> =>
    send("POST", "/clock", move),
  clearRequests: (): Promise<unknown> => send("DELETE", "/requests"),
  faults: async (): Promise<readonly Fault[]> => (await send<FaultList>("GET", "/faults")).faults,
  addFault: (fault: Fault): Promise<unknown> => send("POST", "/faults", fault),
  clearFaults: (): Promise<unknown> => send("DELETE", "/faults"),
  entra: (): Promise<EntraDirectory> => send("GET", "/entra"),
  /** Adds a user, or changes the given members of the one with this object id. */
  setEntraUser: (user: Pick<EntraUser, "objectId"> & Partial<EntraUser>): Promise<unknown> =>
    send("POST", "/entra/users", user),
  /** Adds an application, or changes the given members of the one with this client id. */
  setEntraApplication: (application: EntraApplication): Promise<unknown> =>
    send("POST", "/entra/applications", application),
  deleteEntraPrincipal: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/principals/${objectId}`),
  saveEntraAssignment: (assignment: EntraAssignment): Promise<unknown> =>
    send("POST", "/entra/assignments", assignment),
  deleteEntraAssignment: (objectId: string): Promise<unknown> =>
    send("DELETE", `/entra/assignments/${objectId}`),
  entraToken: async (request: EntraTokenRequest): Promise<string> =>
    (await send<TokenAnswer>("POST", "/entraTokens", request)).token,
  teamsUserToken: async (request: TeamsUserTokenOptions): Promise<string> =>
    (await send<TokenAnswer>("POST", "/teamsUserTokens", request)).token,
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
  throw new Error(messageOf(text) ?? `The admin API responded with status ${response.status}.`);
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
