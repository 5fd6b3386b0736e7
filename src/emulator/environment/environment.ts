import type { FakeEntra } from "../../testing/fakeEntra.js";

/** The environment variable that the command reads the connection string from. */
export const connectionVariable = "COMMUNICATION_CONNECTION_STRING";

/** Returns the settings that `@azure/identity` reads from the environment, and the endpoint. */
export function entraEnvironment({
  authorityHost,
  tenantId,
  clientId,
  clientSecret,
}: Pick<FakeEntra, "authorityHost" | "tenantId" | "clientId" | "clientSecret">): Readonly<
  Record<string, string>
> {
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_AUTHORITY_HOST: authorityHost,
    COMMUNICATION_ENDPOINT: authorityHost,
  };
}

export function environmentLines(entra: Parameters<typeof entraEnvironment>[0]): string[] {
  return Object.entries(entraEnvironment(entra)).map(([name, value]) => `${name}=${value}`);
}

/** Follows the lines of the environment, for a reader who looks for a setting that can't be among them. */
export const certificateComment =
  "# NODE_EXTRA_CA_CERTS has no effect in this file, since Node reads it first: set it in the shell";
