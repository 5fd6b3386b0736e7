// All that the page does to users and tokens goes through the package's own client, as any app would do it.
import { CommunicationIdentityClient, parseConnectionString, type TokenScope } from "../../../index.js";
import { rememberToken } from "./knownTokens.js";

/** By it the page knows its own requests again in the log. */
export const userAgentPrefix = "emulator-page";

export interface NewUser {
  readonly customId: string;
  /** Without a scope, no token is issued. */
  readonly scopes: string[];
  readonly minutes: number | undefined;
}

/** Present once the connection string is known. */
interface Clients {
  readonly connectionString: string;
  readonly stable: CommunicationIdentityClient;
  /** For customId, which no stable version has. */
  readonly preview: CommunicationIdentityClient;
}

let clients: Clients | undefined;

export function connect(connectionString: string): void {
  if (clients?.connectionString === connectionString) return;
  const { credential } = parseConnectionString(connectionString);
  const make = (apiVersion: string) =>
    // Where the page came from, which may be another name of the emulator than its own: a forwarded port, say.
    new CommunicationIdentityClient(location.origin, credential, {
      apiVersion,
      allowInsecureConnection: true,
      // A fault that was asked for should be seen.
      retryOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix },
    });
  clients = { connectionString, stable: make("2023-10-01"), preview: make("2025-03-02-preview") };
}

/** Resolves with the user's id and, when a token was issued, its number. */
export async function createUser({ customId, scopes, minutes }: NewUser): Promise<[string, number?]> {
  const client = customId === "" ? connected().stable : connected().preview;
  const options = customId === "" ? {} : { customId };
  if (scopes.length === 0) return [(await client.createUser(options)).communicationUserId];
  const { user, token } = await client.createUserAndToken(scopes as TokenScope[], {
    ...options,
    ...lifetime(minutes),
  });
  return [user.communicationUserId, rememberToken(token)];
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
  return rememberToken(token);
}

export function revokeTokens(communicationUserId: string): Promise<void> {
  return connected().stable.revokeTokens({ communicationUserId });
}

export function deleteUser(communicationUserId: string): Promise<void> {
  return connected().stable.deleteUser({ communicationUserId });
}

function lifetime(minutes: number | undefined): { tokenExpiresInMinutes?: number } {
  return minutes === undefined ? {} : { tokenExpiresInMinutes: minutes };
}

function connected(): Clients {
  if (!globalThis.isSecureContext) {
    throw new Error(
      "Browsers sign only on pages from https or from this machine. Open the page at http://127.0.0.1, or give the emulator a certificate.",
    );
  }
  if (!clients) throw new Error("The emulator has not answered yet");
  return clients;
}
