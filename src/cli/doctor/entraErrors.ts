const registration =
  "Compare AZURE_CLIENT_ID (the application's client id, not its object id) and AZURE_TENANT_ID";
const newSecret =
  "Create a new one (Entra ID, App registrations, Certificates & secrets), and put its value into AZURE_CLIENT_SECRET";
const interactive =
  "A person has to sign in again: az login --scope https://communication.azure.com/.default";

/** What to do about an error of Entra ID, by the number after `AADSTS`. */
const remedies: Readonly<Record<string, string>> = {
  "50034": "Sign in as a user of this tenant, or correct AZURE_TENANT_ID",
  "50076": interactive,
  "50079": interactive,
  "50173": interactive,
  "53003": "A Conditional Access policy blocks this sign-in: ask an administrator of the tenant",
  "65001":
    "An administrator of the tenant consents: https://login.microsoftonline.com/<tenant>/adminconsent?client_id=<application>",
  "90002": "Correct AZURE_TENANT_ID. The overview page of Entra ID in the portal has the tenant's id",
  "500011":
    "Use the tenant of the resource in AZURE_TENANT_ID. If it is right, add Microsoft's application to it: az ad sp create --id 1fd5118e-2576-4263-8130-9503064c837a",
  "650052":
    "Add Microsoft's application to the tenant: az ad sp create --id 1fd5118e-2576-4263-8130-9503064c837a",
  "700016": registration,
  "700024": "Set the clock of this machine: the assertion isn't valid at Entra ID's time",
  "700027": "Register the certificate of AZURE_CLIENT_CERTIFICATE_PATH for the application",
  "700082": interactive,
  "900023": "Correct AZURE_TENANT_ID: it is neither a GUID nor a domain name",
  "7000215": `AZURE_CLIENT_SECRET holds the secret's value, not its id. If the value is lost: ${newSecret}`,
  "7000218": `The application has to authenticate, too. ${newSecret}`,
  "7000222": `The secret has expired. ${newSecret}`,
  "7000229": registration,
};

/** An error of Entra ID as one line, and what to do about it. */
export interface Explanation {
  readonly text: string;
  readonly remedy: string;
}

/** Returns undefined if the message, which may have many lines, holds no code of Entra ID. */
export function explainEntraError(message: string): Explanation | undefined {
  // Credentials of @azure/identity wrap the response's error, whose code is only in the text then.
  const [, text = "", number = ""] = /\b(AADSTS(\d+): [^\r\n]*)/.exec(message) ?? [];
  if (number === "") return undefined;
  return {
    text: text.replace(/\s*(?:Trace|Correlation) ID: .*/i, ""),
    remedy:
      remedies[number] ??
      `See https://login.microsoftonline.com/error?code=${number}, and check AZURE_TENANT_ID, AZURE_CLIENT_ID and how you sign in`,
  };
}
