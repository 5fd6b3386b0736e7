import { type KeyCredential, parseConnectionString, type TokenCredential } from "../../src/index.js";

/** Whose Entra token a Teams user's cases exchange. */
export interface TeamsUser {
  readonly token: string;
  readonly clientId: string;
  readonly userId: string;
}

export type Credential = KeyCredential | TokenCredential;

export interface Settings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly credential: Credential;
  readonly teams?: TeamsUser;
  readonly tenantId?: string;
}

/** What is missing or wrong, for the terminal. The command ends with exit code 2. */
export class SettingsError extends Error {}

export const usage = `Runs the cases against a real ACS resource, and compares it with the fake. It creates at most 60 users and deletes them.

  ACS_LIVE_CONNECTION_STRING   of the resource, or
  ACS_LIVE_ENDPOINT            for DefaultAzureCredential of @azure/identity
  ACS_LIVE_CONFIRM             the host of that resource, so that nobody runs this against another one by accident
  ACS_LIVE_TEAMS_TOKEN, ACS_LIVE_TEAMS_CLIENT_ID, ACS_LIVE_TEAMS_USER_ID
                               optional: a Teams user's Entra token, its application and its object id
  ACS_LIVE_TENANT_ID           optional: the tenant for the assignments of the Teams extension and Entra users

  npm run test:live [-- --record]
  npm run test:liveSweep`;

/** @throws SettingsError that says what to set. */
export async function readSettings(environment: NodeJS.ProcessEnv): Promise<Settings> {
  const of = (name: string) => environment[`ACS_LIVE_${name}`]?.trim() || undefined;
  const { endpoint, credential } = await resourceOf(of("CONNECTION_STRING"), of("ENDPOINT"));
  const { host } = new URL(endpoint);
  if (of("CONFIRM") !== host) {
    throw new SettingsError(`ACS_LIVE_CONFIRM must be the host of the resource that may be used: ${host}`);
  }
  const teams = ["TEAMS_TOKEN", "TEAMS_CLIENT_ID", "TEAMS_USER_ID"].map(of);
  const [token, clientId, userId] = teams;
  if (teams.some(Boolean) && !(token && clientId && userId)) {
    throw new SettingsError("Set all of ACS_LIVE_TEAMS_TOKEN, _CLIENT_ID and _USER_ID, or none of them.");
  }
  const tenantId = of("TENANT_ID");
  return {
    endpoint,
    credential,
    ...(token && clientId && userId && { teams: { token, clientId, userId } }),
    ...(tenantId && { tenantId }),
  };
}

async function resourceOf(connectionString?: string, endpoint?: string) {
  if (connectionString && endpoint) {
    throw new SettingsError("Set one of ACS_LIVE_CONNECTION_STRING and ACS_LIVE_ENDPOINT, not both.");
  }
  if (connectionString) {
    try {
      const { endpoint: url, credential } = parseConnectionString(connectionString);
      return { endpoint: new URL(url).origin, credential: { key: credential.key } };
    } catch (error) {
      throw new SettingsError(`ACS_LIVE_CONNECTION_STRING: ${(error as Error).message}`);
    }
  }
  if (!endpoint) throw new SettingsError(usage);
  if (!URL.canParse(endpoint)) throw new SettingsError("ACS_LIVE_ENDPOINT isn't a URL.");
  const { DefaultAzureCredential } = await import("@azure/identity");
  return { endpoint: new URL(endpoint).origin, credential: new DefaultAzureCredential() };
}
