/** Where the page runs. */
export interface Environment {
  /** Of the ACS resource; here the emulator. */
  readonly endpoint: string;
  /** Of the emulator. The one of a resource never gets into a page. */
  readonly connectionString: string;
}

/** From the development server. A real app has its endpoint in its configuration, and no connection string at all. */
export async function readEnvironment(): Promise<Environment> {
  const response = await fetch("dev/environment");
  return response.json();
}
