// The page changes users, tokens and assignments through the package's own client, like any app.
import {
  CommunicationIdentityClient,
  parseConnectionString,
  type TeamsExtensionAssignmentInput,
  type TokenScope,
} from "../../../index.js";
import { rememberToken } from "./knownTokens.js";

/** Marks the page's requests in the log. */
export const userAgentPrefix = "emulator-page";

export interface NewUser {
  readonly customId: string;
  /** No token is issued if this is empty. */
  readonly scopes: string[];
  readonly minutes: number | undefined;
}

/** Present once the connection string is known. */
interface Clients {
  readonly connectionString: string;
  readonly stable: CommunicationIdentityClient;
  /** For `customId`, which no stable API version supports. */
  readonly preview: CommunicationIdentityClient;
}

let clients: Clients | undefined;

export function connect(connectionString: string): void {
  if (clients?.connectionString === connectionString) return;
  const { credential } = parseConnectionString(connectionString);
  const make = (apiVersion: string) =>
    // The origin of the page can differ from the URL that the emulator knows, for example with a forwarded port.
    new CommunicationIdentityClient(location.origin, credential, {
      apiVersion,
      allowInsecureConnection: true,
      // Retries would hide injected faults.
      retryOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix },
    });
  clients = { connectionString, stable: make("2023-10-01"), preview: make("2025-03-02-preview") };
}

/** Resolves with the user's id and, if a token was issued, its number. */
export async function createUser({ customId, scopes, minutes }: NewUser): Promise<[string, number?]> {
  const client = customId === "" ? connected().stable : connected().preview;
  const options = customId === "" ? {} : { customId };
  if (scopes.length === 0) return [(await client.createUser(options)).communicationUserId];
  const { user, token } = await client.createUserAndToken(scopes as TokenScope[], {
    ...options,
    ...lifetime(minutes),
  });
  return [user.communicationUserId, await rememberToken(user.communicationUserId, token)];
}

/** Resolves with the token's number. */
export async function issueToken(
  communicationUserId: string,
  scopes: string[],
  minutes: number | undefined,
): Promise<number> {
  const { token } = await connected().stable.getToken(
    { communicationUserId },
    scopes as TokenScope[],
    lifetime(minutes),
  );
  return rememberToken(communicationUserId, token);
}

export function revokeTokens(communicationUserId: string): Promise<void> {
  return connected().stable.revokeTokens({ communicationUserId });
}

export function deleteUser(communicationUserId: string): Promise<void> {
  return connected().stable.deleteUser({ communicationUserId });
}

export async function saveAssignment(
  tenantId: string,
  objectId: string,
  assignment: TeamsExtensionAssignmentInput,
): Promise<void> {
  await connected().stable.upsertTeamsExtensionAssignment(tenantId, objectId, assignment);
}

export function deleteAssignment(tenantId: string, objectId: string): Promise<void> {
  return connected().stable.deleteTeamsExtensionAssignment(tenantId, objectId);
}

function lifetime(minutes: number | undefined): { tokenExpiresInMinutes?: number } {
  return minutes === undefined ? {} : { tokenExpiresInMinutes: minutes };
}

function connected(): Clients {
  if (!globalThis.isSecureContext) {
    throw new Error(
      "Browsers can sign requests only on pages that use https or come from this computer. Open the page at http://127.0.0.1, or start the emulator with --https.",
    );
  }
  if (!clients) throw new Error("The emulator has not responded yet.");
  return clients;
}
