export const passwordRemedy =
  "Users have no passwords here: sign in with a code or a device code, or take a token from POST /_emulator/teamsUserTokens";

/**
 * What to do about an error of this authority, by the numbers after AADSTS. TROUBLESHOOTING.md has the same texts, and a test
 * compares them.
 */
export const authorityRemedies: Readonly<Record<string, string>> = {
  "70003": passwordRemedy,
  "90002": "Use the id of a tenant that has users or applications, or its users' domain",
  "700016 50034":
    "Add it under Entra ID on the emulator's page: a restart without --data forgets it. Or correct its name",
  "50011 500113":
    "Use a redirect URI of this machine, or add yours under Entra ID on the emulator's page, or to redirectUris",
  "700051": "Use the response type code: tokens are only given for a code",
  "700054": "Allow ID tokens under Entra ID on the emulator's page, or set enableIdTokenIssuance",
  "7000215": "Send one of the application's clientSecrets: GET /_emulator/entra lists them",
  "7000218": "Send a secret or an assertion, or use PKCE",
  "65001": "Give consent under Entra ID on the emulator's page, or set permissions",
  "650052": "Add Microsoft's application to the tenant's servicePrincipals",
  "70011 650053 500011":
    "Ask for a scope that exists: https://communication.azure.com/.default is the service's own",
};

export function authorityRemedyFor(aadstsNumber: number): string | undefined {
  return Object.entries(authorityRemedies).find(([numbers]) =>
    numbers.split(" ").includes(String(aadstsNumber)),
  )?.[1];
}
