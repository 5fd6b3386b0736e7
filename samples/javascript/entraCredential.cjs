// Generated from samples/entraCredential.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Authenticates with Entra ID instead of an access key: you keep no secret of the resource, and roles decide who may
 * use it.
 *
 * If COMMUNICATION_ENDPOINT is set, `DefaultAzureCredential` signs in with the settings of the environment: at Azure,
 * or at an emulator that was started with --https and printed them. Otherwise an application signs in at the fake
 * service's own authority, without a network. Needs `@azure/identity`.
 */
const { ClientSecretCredential, DefaultAzureCredential } = require("@azure/identity");
const { CommunicationIdentityClient } = require("acs-identity");
const { createFakeIdentityService } = require("acs-identity/testing");

async function main() {
  const { COMMUNICATION_ENDPOINT: endpoint } = process.env;
  const service = createFakeIdentityService();
  const { httpClient } = service;

  const client = endpoint
    ? new CommunicationIdentityClient(endpoint, reporting(defaultCredential()))
    : new CommunicationIdentityClient(service.endpoint, reporting(localCredential()), { httpClient });

  // Concurrent calls share one Entra token, which is renewed before it expires.
  const users = await Promise.all(Array.from({ length: 10 }, () => client.createUser()));
  console.log(`Created ${users.length} users`);

  const [user] = users;
  if (user) {
    const { expiresOn } = await client.getToken(user, ["chat"]);
    console.log(`Issued a token until ${expiresOn.toISOString()}`);
  }
  for (const created of users) await client.deleteUser(created);

  function defaultCredential() {
    // Without this option, @azure/identity first asks login.microsoftonline.com about any other authority.
    return new DefaultAzureCredential({ disableInstanceDiscovery: "AZURE_AUTHORITY_HOST" in process.env });
  }

  function localCredential() {
    const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
    const options = { authorityHost, disableInstanceDiscovery: true, httpClient };
    return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
  }

  /** Prints the scopes whenever the client requests a token. */
  function reporting(credential) {
    return {
      getToken: (scopes, options) => {
        console.log(`Requesting an Entra token for ${scopes}`);
        return credential.getToken(scopes, options);
      },
    };
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
