/**
 * What to do about an error of this authority, by the numbers after AADSTS. TROUBLESHOOTING.md has the same texts, and a test
 * compares them.
 */
export const authorityRemedies: Readonly<Record<string, string>> = {
  "90002": "Use the id of a tenant that has an application or a user, or the domain of its users",
  "700016 50034":
    "Add it on the emulator's page, in Directory, or correct its name. A restart without --data forgets what was added",
  "50011 500113":
    "Use a redirect URI of this machine, or add yours to the application's redirectUris: with the option entra or POST /_emulator/entra/applications",
  "700054":
    "Allow ID tokens on the emulator's page, in Directory, or set enableIdTokenIssuance. At Entra ID: App registrations, Authentication",
  "7000218": "Send the application's secret or an assertion, or use PKCE",
  "65001": "Give consent on the emulator's page, in Directory, or with the application's permissions",
  "650052": "Add Microsoft's application to the servicePrincipals of the tenant",
  "70011 500011":
    "Ask for a permission that exists: https://communication.azure.com/.default is the service's own",
};

/** Returns a sentence, or an empty string. */
export function remedyOf(number: number): string {
  const [, remedy] =
    Object.entries(authorityRemedies).find(([numbers]) => numbers.split(" ").includes(String(number))) ?? [];
  return remedy === undefined ? "" : `${remedy}.`;
}
