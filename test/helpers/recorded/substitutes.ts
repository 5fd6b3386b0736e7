import type { FakeIdentityService } from "../../../src/testing/index.js";
import type { JsonValue } from "./recorded.js";

/** An id of another resource, which the recorded tests used. */
const foreignId = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";
const appId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const userId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const otherId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";

/** Values for what the recorder sanitized: the id in the path, and the body. */
export interface Substitutes {
  readonly id: string;
  readonly body?: JsonValue;
}

/** Returns the substitutes for a recorded request. Without an `errorCase`, the body is the recorded one. */
export async function substitutes(
  service: FakeIdentityService,
  ownId: string,
  errorCase: string | undefined,
  recordedBody: JsonValue | undefined,
): Promise<Substitutes> {
  const id = errorCase?.endsWith("NotOwned") ? foreignId : ownId;
  const token = await service.createTeamsUserToken({ clientId: appId, userObjectId: userId });
  const expired = await service.createTeamsUserToken({
    clientId: appId,
    userObjectId: userId,
    expiresInMinutes: -1,
  });
  const good = { token, appId, userId };
  const bodies: Readonly<Record<string, JsonValue>> = {
    expiresInMinutesTooLow: { createTokenWithScopes: ["chat"], expiresInMinutes: 59 },
    issueNotOwned: { scopes: ["chat", "voip"] },
    teamsTokenEmpty: { ...good, token: "" },
    teamsTokenMalformed: { ...good, token: "invalid" },
    teamsTokenExpired: { ...good, token: expired },
    teamsAppIdEmpty: { ...good, appId: "" },
    teamsUserIdEmpty: { ...good, userId: "" },
    teamsAppIdNoGuid: { ...good, appId: "invalid" },
    teamsUserIdNoGuid: { ...good, userId: "invalid" },
    teamsAppIdMismatch: { ...good, appId: otherId },
    teamsUserIdMismatch: { ...good, userId: otherId },
    teamsExchange: good,
    issueToken: { scopes: ["chat"] },
  };
  const body = (errorCase === undefined ? undefined : bodies[errorCase]) ?? recordedBody ?? undefined;
  return { id, ...(body === undefined || body === null ? {} : { body }) };
}
