import type { FakeEntra } from "../../testing/entra/fakeEntra.js";

/** Returns the settings that `@azure/identity` reads from the environment, as lines of a `.env` file. */
export function environmentLines({
  authorityHost,
  tenantId,
  clientId,
  clientSecret,
}: Pick<FakeEntra, "authorityHost" | "tenantId" | "clientId" | "clientSecret">): string[] {
  return [
    `AZURE_TENANT_ID=${tenantId}`,
    `AZURE_CLIENT_ID=${clientId}`,
    `AZURE_CLIENT_SECRET=${clientSecret}`,
    `AZURE_AUTHORITY_HOST=${authorityHost}`,
  ];
}
