import type {
  CommunicationIdentityClient,
  TeamsExtensionAssignmentInput,
  TokenScope,
} from "../../../src/index.js";
import type { SixOperations } from "../values.js";
import type { JsonValue, Recording } from "./recorded.js";

interface RecordedBody {
  readonly createTokenWithScopes?: string[];
  readonly expiresInMinutes?: number | null;
  readonly scopes?: string[] | null;
  readonly token?: string;
  readonly appId?: string;
  readonly userId?: string;
}

/**
 * Returns the client call that sends such a request. Fills in what the recording lacks: scopes that a client in
 * another language omitted become an empty array, and missing members of a Teams exchange become placeholders.
 */
export function toClientCall(
  request: Pick<Recording["request"], "method" | "path"> & { readonly body?: JsonValue },
) {
  const { pathname } = new URL(request.path, "https://localhost");
  const body = (request.body ?? {}) as RecordedBody;
  const [, collection, id = "", action, tenantId = "", , objectId = ""] = pathname.split("/");
  const user = { communicationUserId: decodeURIComponent(id) };
  const minutes = body.expiresInMinutes == null ? {} : { tokenExpiresInMinutes: body.expiresInMinutes };
  return (client: SixOperations): Promise<unknown> => {
    if (collection === "teamsUser") {
      const { token: teamsUserAadToken = "t", appId: clientId = "a", userId: userObjectId = "u" } = body;
      return client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    }
    if (collection === "access") {
      const assignments = client as CommunicationIdentityClient;
      if (request.method === "GET") return assignments.getTeamsExtensionAssignment(tenantId, objectId);
      if (request.method === "DELETE") return assignments.deleteTeamsExtensionAssignment(tenantId, objectId);
      return assignments.upsertTeamsExtensionAssignment(
        tenantId,
        objectId,
        body as TeamsExtensionAssignmentInput,
      );
    }
    if (request.method === "DELETE") return client.deleteUser(user);
    if (action === ":issueAccessToken")
      return client.getToken(user, (body.scopes ?? []) as TokenScope[], minutes);
    if (action === ":revokeAccessTokens") return client.revokeTokens(user);
    if (body.createTokenWithScopes)
      return client.createUserAndToken(body.createTokenWithScopes as TokenScope[], minutes);
    return client.createUser();
  };
}
