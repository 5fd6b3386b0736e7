// The emulator in the place of the service.
import { createDefaultHttpClient, createPipelineRequest, type HttpClient } from "@azure/core-rest-pipeline";
import type { Emulator } from "../../src/emulator/index.js";
import type { Certificates } from "../helpers/certificates.js";

/** Returns a transport that trusts the certificates. */
export function trusting({ ca }: Certificates): HttpClient {
  const client = createDefaultHttpClient();
  // The same object for all requests, so that they share connections.
  const tlsSettings = { ca };
  return {
    sendRequest(request) {
      request.tlsSettings = tlsSettings;
      return client.sendRequest(request);
    },
  };
}

/** Returns the ids of its users by its admin API, without those of Entra. */
export async function acsUsersOf({ url }: Emulator, certificates: Certificates): Promise<string[]> {
  const request = createPipelineRequest({ url: `${url}/_emulator/users` });
  const { bodyAsText } = await trusting(certificates).sendRequest(request);
  const { users } = JSON.parse(bodyAsText ?? "") as { users: { id: string }[] };
  return users.map(({ id }) => id).filter((id) => id.startsWith("8:acs:"));
}
