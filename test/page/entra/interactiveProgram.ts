/**
 * Signs a user in with a credential of @azure/identity that needs a browser, and prints the token. It prints the prompt
 * of a device code first. interactive.test.ts runs it with NODE_EXTRA_CA_CERTS set, and does what the user does.
 */
import { createRequire } from "node:module";

const [kind = "", path = "", authorityHost = "", tenantId = "", clientId = ""] = process.argv.slice(2);
const { DeviceCodeCredential, InteractiveBrowserCredential } = createRequire(import.meta.url)(
  path,
) as typeof import("@azure/identity");

const options = { tenantId, clientId, authorityHost, disableInstanceDiscovery: true };
const credential =
  kind === "device"
    ? new DeviceCodeCredential({
        ...options,
        userPromptCallback: (prompt) => console.log(JSON.stringify(prompt)),
      })
    : new InteractiveBrowserCredential(options);
console.log(JSON.stringify(await credential.getToken("https://communication.azure.com/clients/VoIP")));
