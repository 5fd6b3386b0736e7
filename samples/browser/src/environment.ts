/** Where people sign in, as which application, and which endpoint they use. */
export interface EntraSettings {
  /** The endpoint of the ACS resource. */
  readonly endpoint: string;
  /** `https://login.microsoftonline.com`, or the emulator. */
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
}

/** The page's settings. */
export interface Environment {
  /** The endpoint of the ACS resource; here, the emulator's. */
  readonly endpoint: string;
  /** The endpoint and the app registration for the sign-in with Entra ID. None of it is secret. */
  readonly entra: EntraSettings;
  /** The emulator's connection string. Never put a resource's into a page. */
  readonly connectionString: string;
}

/** Reads the settings from the development server. A real app has its endpoint in its configuration, and no key. */
export async function readEnvironment(): Promise<Environment> {
  const response = await fetch("dev/environment");
  return response.json();
}
