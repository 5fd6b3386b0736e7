// An app that signed in with @azure/identity keeps working while its emulator is restarted.
import { ClientSecretCredential } from "@azure/identity";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { makeCertificates } from "../../helpers/certificates.js";

it("a restart of the emulator invalidates neither the sign-in nor the tokens of a running app", async () => {
  const { ca, ...tls } = makeCertificates();
  const first = await startEmulator({ tls });
  const { tenantId, clientId, clientSecret, authorityHost } = first.service.entra;
  const tlsOptions = { ca };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost,
    disableInstanceDiscovery: true,
    ...{ tlsOptions },
  });
  const client = new CommunicationIdentityClient(first.url, credential, { tlsOptions });
  const { token } = await client.createUserAndToken(["voip"]);
  await first.close();

  const second = await startEmulator({ tls, port: Number(new URL(first.url).port) });
  onTestFinished(() => second.close());
  await client.createUser();
  expect(second.service.requests).toMatchObject([{ operation: "createUser", status: 201 }]);
  // The emulator has forgotten the user, and knows the signature.
  expect((await second.service.inspectToken(token)).problem).toBe("userDeleted");

  // A new sign-in, as after an hour, needs the same application.
  const anew = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost,
    disableInstanceDiscovery: true,
    ...{ tlsOptions },
  });
  await new CommunicationIdentityClient(second.url, anew, { tlsOptions }).createUser();
});
