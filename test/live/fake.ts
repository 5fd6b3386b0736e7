import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { startEmulator } from "../../src/emulator/index.js";
import { createFakeIdentityService, type FakeIdentityService } from "../../src/testing/index.js";
import { Side } from "./side.js";

/** What the fake must have in common with the service. */
export interface FakeOptions {
  readonly hasKey: boolean;
  readonly values: Readonly<Record<string, string>>;
  /** Whom an Entra token names that the service takes, and for how long it still does. */
  readonly teams?:
    | { readonly clientId: string; readonly userId: string; readonly minutesLeft: number }
    | undefined;
}

/** The fake, with the emulator for what only a server answers. */
export async function startFake({ hasKey, values, teams }: FakeOptions): Promise<{
  readonly service: FakeIdentityService;
  readonly side: Side;
  close(): Promise<void>;
}> {
  const service = createFakeIdentityService();
  const emulator = await startEmulator();
  const httpClient: HttpClient = {
    sendRequest(request) {
      if (request.method !== "OPTIONS") return service.httpClient.sendRequest(request);
      const { pathname, search } = new URL(request.url);
      request.url = `${emulator.url}${pathname}${search}`;
      request.allowInsecureConnection = true;
      return createDefaultHttpClient().sendRequest(request);
    },
  };
  const credential = hasKey ? { key: service.accessKey } : service.createTokenCredential();
  const side = new Side(new URL(service.endpoint).origin, credential, httpClient, {
    ...values,
    ...(teams && {
      teamsToken: await service.createTeamsUserToken({
        clientId: teams.clientId,
        userObjectId: teams.userId,
        expiresInMinutes: teams.minutesLeft,
      }),
    }),
  });
  return { service, side, close: () => emulator.close() };
}
