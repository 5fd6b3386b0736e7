import type {
  CommunicationIdentityClient,
  CommunicationUserIdentifier,
  GetTokenForTeamsUserOptions,
} from "../../src/index.js";

/** The bytes 0 to 31, in base64. */
export const testKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const otherKey = "/v38+/r5+Pf29fTz8vHw7+7t7Ovq6ejn5uXk4+Lh4N8=";
export const testEndpoint = "https://my-resource.communication.azure.com";
export const connectionString: string = `endpoint=${testEndpoint}/;accesskey=${testKey}`;
export const userId = "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_00000005-14a2-493b-8a72-5a3a0d000081";
export const user: CommunicationUserIdentifier = { communicationUserId: userId };

/** Distinct values, so that a leak into an error is noticed. */
export const secretToken = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2Vu.c2lnbmF0dXJl";
export const secretEntraToken = "eyJ0eXAiOiJKV1QifQ.c2VjcmV0LWVudHJh.c2lnbmF0dXJl";

export const teams: GetTokenForTeamsUserOptions = {
  teamsUserAadToken: secretEntraToken,
  clientId: "11111111-1111-4111-8111-111111111111",
  userObjectId: "22222222-2222-4222-8222-222222222222",
};

/** The operations that both clients have. */
export type SixOperations = Pick<
  CommunicationIdentityClient,
  "createUser" | "createUserAndToken" | "getToken" | "revokeTokens" | "deleteUser" | "getTokenForTeamsUser"
>;

/** The service's answer, whose times have seven fractional digits. */
export const tokenBody: { token: string; expiresOn: string } = {
  token: secretToken,
  expiresOn: "2030-01-02T03:04:05.1234567+00:00",
};
export const userBody: { identity: { id: string } } = { identity: { id: userId } };
export const userAndTokenBody: typeof userBody & { accessToken: typeof tokenBody } = {
  ...userBody,
  accessToken: tokenBody,
};
