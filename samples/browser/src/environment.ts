/** Where and as which application people sign in, and what they use then. */
export interface EntraSettings {
  /** Of the ACS resource. */
  readonly endpoint: string;
  /** `https://login.microsoftonline.com`, or the emulator. */
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
}

/** Where the page runs. */
export interface Environment {
  /** Of the ACS resource; here the emulator. */
  readonly endpoint: string;
  /** What the sign-in needs; of a resource, its endpoint and the registration of the app. None of it is secret. */
  readonly entra: EntraSettings;
  /** Of the emulator. The one of a resource never gets into a page. */
  readonly connectionString: string;
}

/** From the development server. A real app has its endpoint in its configuration, and no connection string at all. */
export async function readEnvironment(): Promise<Environment> {
  const response = await fetch("dev/environment");
  return response.json();
}
