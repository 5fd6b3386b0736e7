/**
 * What to do about an error of this authority, by the numbers after AADSTS. TROUBLESHOOTING.md has the same texts, and a test
 * compares them.
 */
export const authorityRemedies: Readonly<Record<string, string>> = {
  "90002": "Use the id of a tenant that has users or applications, or its users' domain",
  "700016 50034":
    "Add it in Directory on the emulator's page: a restart without --data forgets it. Or correct its name",
  "50011 500113":
    "Use a redirect URI of this machine, or add yours to redirectUris, by the option entra or POST /_emulator/entra/applications",
  "700054": "Allow ID tokens in Directory on the emulator's page, or set enableIdTokenIssuance",
  "7000218": "Send a secret or an assertion, or use PKCE",
  "65001": "Give consent in Directory on the emulator's page, or set permissions",
  "650052": "Add Microsoft's application to the tenant's servicePrincipals",
  "70011 500011":
    "Ask for a scope that exists: https://communication.azure.com/.default is the service's own",
};

/** Returns a sentence, or an empty string. */
export function remedyOf(number: number): string {
  const [, remedy] =
    Object.entries(authorityRemedies).find(([numbers]) => numbers.split(" ").includes(String(number))) ?? [];
  return remedy === undefined ? "" : `${remedy}.`;
}
