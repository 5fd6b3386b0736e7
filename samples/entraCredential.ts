/**
 * Authenticates with Entra ID instead of an access key: no secret of the resource to keep, rights by role, an audit trail.
 *
 * With COMMUNICATION_ENDPOINT set, `DefaultAzureCredential` signs in as this environment does: at Azure, or at an emulator
 * that was started with --https and printed the settings. Without, an application signs in at the authority of the fake
 * service, without a network. Needs `@azure/identity`.
 */
import { ClientSecretCredential, DefaultAzureCredential } from "@azure/identity";
import { CommunicationIdentityClient, type TokenCredential } from "acs-identity";
import { createFakeIdentityService } from "acs-identity/testing";

const { COMMUNICATION_ENDPOINT: endpoint } = process.env;
const service = createFakeIdentityService();
const { httpClient } = service;

const client = endpoint
  ? new CommunicationIdentityClient(endpoint, reporting(defaultCredential()))
  : new CommunicationIdentityClient(service.endpoint, reporting(localCredential()), { httpClient });

// However many calls start at once, they share one Entra token, which is renewed before it expires.
const users = await Promise.all(Array.from({ length: 10 }, () => client.createUser()));
console.log(`Created ${users.length} users`);

const [user] = users;
if (user) {
  const { expiresOn } = await client.getToken(user, ["chat"]);
  console.log(`Issued a token until ${expiresOn.toISOString()}`);
}
for (const created of users) await client.deleteUser(created);

function defaultCredential(): TokenCredential {
  // Without the option, the sign-in to any other authority than Microsoft's asks login.microsoftonline.com about it first.
  return new DefaultAzureCredential({ disableInstanceDiscovery: "AZURE_AUTHORITY_HOST" in process.env });
}

function localCredential(): TokenCredential {
  const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
  const options = { authorityHost, disableInstanceDiscovery: true, httpClient };
  return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
}

/** Says when a token is asked for, and for what. */
function reporting(credential: TokenCredential): TokenCredential {
  return {
    getToken: (scopes, options) => {
      console.log(`An Entra token is asked for: ${scopes}`);
      return credential.getToken(scopes, options);
    },
  };
}
