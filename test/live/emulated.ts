// The emulator in the place of the service.
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
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

/** Returns the ids of its users, without those of Entra. */
export function acsUsersOf({ service }: Emulator): string[] {
  return service.users.map(({ communicationUserId: id }) => id).filter((id) => id.startsWith("8:acs:"));
}
