import { isLoopback } from "../../shared/loopback.js";

/** What to do about errors, by their codes (Node's, Entra ID's or a status). */
type Remedies = Readonly<Record<string, string>>;

/** What to do about a response of the service, by its status, and if there is none. */
export const statusRemedies: Readonly<Record<400 | 401 | 403 | 404 | 429 | "5xx" | "none", string>> = {
  400: "Correct what the message names",
  401: "Copy the connection string again, or get a new token of Entra ID",
  403: "Assign the identity the role Communication and Email Service Owner, or one with Microsoft.Communication/CommunicationServices/Read and /Write (in the Azure portal: the resource, Access control (IAM)). It takes a few minutes to take effect. With an access key: does a firewall refuse the request?",
  404: "Check the host and the port of the endpoint",
  429: "Wait 30 seconds, and send fewer requests at once: the service limits them",
  "5xx": "Try again later, and look at https://azure.status.microsoft",
  none: "Try again. If it keeps failing, check what is between this machine and the service",
};

/** Returns what to do by the status alone, if nothing else is known. A status that isn't in the table isn't the service's. */
export function statusRemedy(status: number | undefined, url: string): string {
  const kind = status === undefined ? "none" : status >= 500 ? "5xx" : status;
  const isLocal = URL.canParse(url) && isLoopback(new URL(url).hostname);
  if (isLocal && (kind === 429 || kind === "5xx"))
    return "If this is an emulator, it was told to: by a fault, which its page can remove, or by --throttle";
  return (statusRemedies as Remedies)[kind] ?? statusRemedies[404];
}

// TROUBLESHOOTING.md has tables with the texts below, and a test compares them.

const newSecret =
  "create a new secret (Entra ID, App registrations, Certificates & secrets), and put its value into AZURE_CLIENT_SECRET";

export const entraRemedies: Remedies = {
  AADSTS7000215: `AZURE_CLIENT_SECRET must hold the secret's value, not its id. If you no longer have the value, ${newSecret}`,
  AADSTS7000222: `The secret has expired: ${newSecret}`,
  AADSTS7000218: `The application has to authenticate, too: ${newSecret}`,
  "AADSTS700016 AADSTS7000229":
    "Compare AZURE_CLIENT_ID (the application's client id, not its object id) and AZURE_TENANT_ID with the registration",
  "AADSTS90002 AADSTS900023":
    "Correct AZURE_TENANT_ID. The overview page of Entra ID in the portal has the tenant's id, and an emulator prints its own",
  AADSTS50034: "Sign in as a user of this tenant, or correct AZURE_TENANT_ID",
  AADSTS50020: "Sign the user in at their own tenant, with an application for several tenants",
  "AADSTS50076 AADSTS50079 AADSTS50173 AADSTS700082":
    "A person has to sign in again: az login --scope https://communication.azure.com/.default",
  AADSTS53003: "A Conditional Access policy blocks this sign-in: ask an administrator of the tenant",
  "AADSTS65001 AADSTS90094":
    "An administrator of the users' tenant consents: https://login.microsoftonline.com/<tenant>/adminconsent?client_id=<application>",
  AADSTS65002:
    "Sign in with an application of your own that has the permission: Microsoft's, such as the Azure CLI's, may not ask for it",
  "AADSTS650052 AADSTS500011":
    "Check the tenant. If it is right, add Microsoft's application to it: az ad sp create --id 1fd5118e-2576-4263-8130-9503064c837a or, if the error names Azure Communication Services Clients, --id 2a04943b-b6a7-4f65-8786-2bb6131b59f6",
  "AADSTS70011 AADSTS650053 AADSTS28000":
    "Ask for the scopes of ACS alone: the scope doesn't exist, or the request has scopes of two audiences",
  AADSTS700024: "Set the clock of this machine: the assertion isn't valid at Entra ID's time",
  AADSTS700027: "Register the certificate of AZURE_CLIENT_CERTIFICATE_PATH for the application",
};

export const tlsRemedies: Remedies = {
  ERR_TLS_CERT_ALTNAME_INVALID:
    "Check the spelling of the endpoint, and use the name that the certificate has",
  "CERT_HAS_EXPIRED CERT_NOT_YET_VALID":
    "Check the clock of this machine. If it is right, the server needs a new certificate",
};

export const proxyRemedies: Remedies = {
  407: "Put the proxy's user name and password into HTTPS_PROXY, percent-encoded, before its host",
  403: "Ask whoever runs the proxy to allow this host",
};

export function remedyFor(remedies: Remedies, code: string): string | undefined {
  return Object.entries(remedies).find(([codes]) => codes.split(" ").includes(code))?.[1];
}
