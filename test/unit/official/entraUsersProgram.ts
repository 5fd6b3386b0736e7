/**
 * Signs users in with @azure/msal-node and gets a token for each from AzureCommunicationTokenCredential, over https.
 * entraUsers.test.ts runs it with NODE_EXTRA_CA_CERTS set, and passes the sign-ins as JSON.
 */
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { signIn } from "../../helpers/signIn.js";
import type { SignIn } from "../testing/operations/exchangeSetUps.js";

const [url = "", signIns = "[]"] = process.argv.slice(2);
const outcomes: { token?: string; error?: string }[] = [];
for (const { tenantId, clientId, username, scope } of JSON.parse(signIns) as SignIn[]) {
  const credential = new AzureCommunicationTokenCredential({
    resourceEndpoint: url,
    scopes: [scope],
    tokenCredential: { getToken: (scopes) => signIn(`${url}/${tenantId}`, clientId, username, scopes) },
  });
  try {
    outcomes.push({ token: (await credential.getToken()).token });
  } catch (error) {
    outcomes.push({ error: String(error) });
  }
  credential.dispose();
}
console.log(JSON.stringify(outcomes));
