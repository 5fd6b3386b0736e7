// Code that compiles with the official client compiles with ours. The compiler checks the assignments; running
// this file only proves that the names exist.
import type * as common from "@azure/communication-common";
import type * as official from "@azure/communication-identity";
import { AzureKeyCredential as CoreKeyCredential } from "@azure/core-auth";
import { RestError as CoreRestError, isRestError as isCoreRestError } from "@azure/core-rest-pipeline";
import { expect, expectTypeOf, it } from "vitest";
import * as ours from "../../src/index.js";
import { connectionString, testEndpoint, testKey, user } from "../helpers/values.js";

/** Compiles only if the two types are assignable to each other. */
function same<First extends Second, Second>(_check?: (second: Second) => First): void {}

/** Compiles only if the first type is assignable to the second. */
function accepted<First extends Second, Second>(_check?: (first: First) => Second): void {}

it("our models and the official ones are assignable to each other", () => {
  same<ours.CommunicationUserIdentifier, common.CommunicationUserIdentifier>((value) => value);
  same<ours.CommunicationAccessToken, official.CommunicationAccessToken>((value) => value);
  same<ours.CommunicationUserToken, official.CommunicationUserToken>((value) => value);
  same<ours.GetTokenForTeamsUserOptions, official.GetTokenForTeamsUserOptions>((value) => value);
  same<ours.CommunicationIdentityClientOptions, official.CommunicationIdentityClientOptions>(
    (value) => value,
  );
});

it("our options accept the official ones, and undefined for a member of our own", () => {
  accepted<official.GetTokenOptions, ours.GetTokenOptions>((value) => value);
  accepted<official.CreateUserAndTokenOptions, ours.CreateUserAndTokenOptions>((value) => value);
  const tokenExpiresInMinutes: number | undefined = undefined;
  const options: ours.GetTokenOptions = { tokenExpiresInMinutes };
  const clientOptions: ours.CommunicationIdentityClientOptions = {
    apiVersion: undefined,
    audience: undefined,
    clockCorrection: undefined,
  };
  expect(Object.values({ ...options, ...clientOptions }).every((value) => value === undefined)).toBe(true);
});

it("TokenScope is the official package's closed union", () => {
  expectTypeOf<ours.TokenScope>().toEqualTypeOf<official.TokenScope>();
  // @ts-expect-error A typo.
  const wrong: ours.TokenScope = "viop";
  expect(wrong).toBe("viop");
});

it("our client is assignable to the official client's methods", () => {
  type Methods = Pick<official.CommunicationIdentityClient, keyof official.CommunicationIdentityClient>;
  const client: Methods = new ours.CommunicationIdentityClient(connectionString);
  expectTypeOf<keyof Methods>().toEqualTypeOf<
    "createUser" | "createUserAndToken" | "getToken" | "revokeTokens" | "deleteUser" | "getTokenForTeamsUser"
  >();
  expectTypeOf(client.getToken).returns.resolves.toEqualTypeOf<ours.CommunicationAccessToken>();
  expectTypeOf<
    ours.CommunicationIdentityClient["createUser"]
  >().returns.resolves.toEqualTypeOf<ours.CommunicationUserIdentifier>();
  expectTypeOf<ours.CommunicationIdentityClient["revokeTokens"]>().returns.resolves.toEqualTypeOf<void>();
  expect(client).toBeInstanceOf(ours.CommunicationIdentityClient);
});

it("the constructor accepts the arguments of the official overloads", () => {
  const token = { getToken: async () => null };
  const key = new ours.AzureKeyCredential(testKey);
  const options: official.CommunicationIdentityClientOptions = { retryOptions: { maxRetries: 0 } };
  const clients = [
    new ours.CommunicationIdentityClient(connectionString),
    new ours.CommunicationIdentityClient(connectionString, options),
    new ours.CommunicationIdentityClient(testEndpoint, key),
    new ours.CommunicationIdentityClient(testEndpoint, new CoreKeyCredential(testKey), options),
    new ours.CommunicationIdentityClient(testEndpoint, { key: testKey }),
    new ours.CommunicationIdentityClient(testEndpoint, token),
    new ours.CommunicationIdentityClient(testEndpoint, token, options),
  ];
  expect(clients).toHaveLength(7);
  expectTypeOf(ours.CommunicationIdentityClient).constructorParameters.not.toBeAny();
  // @ts-expect-error No arguments.
  expect(() => new ours.CommunicationIdentityClient()).toThrow(TypeError);
  // @ts-expect-error A key as a string.
  expect(() => new ours.CommunicationIdentityClient(testEndpoint, testKey)).toThrow(TypeError);
});

it("isRestError types the details and the code", () => {
  const error: unknown = Object.assign(new CoreRestError("x", { code: "Denied" }), {
    details: { error: { code: "Denied", innerError: { code: "Inner" } }, identity: { id: "8:acs:x" } },
  });
  if (!ours.isRestError(error)) throw error;
  const { details } = error;
  expectTypeOf(details).toEqualTypeOf<ours.ErrorDetails | undefined>();
  expectTypeOf(details?.identity).toEqualTypeOf<{ id: string } | undefined>();
  expectTypeOf(details?.emulatorDiagnosis).toEqualTypeOf<string | undefined>();
  expectTypeOf(details?.error?.innerError).toEqualTypeOf<ours.ServiceError | undefined>();
  expectTypeOf(error.requestId).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.code).toEqualTypeOf<ours.RestErrorCode | undefined>();
  // A plain string would turn off the editor's completion.
  expectTypeOf<ours.ServiceErrorCode>().not.toEqualTypeOf<string>();
  error.code = "another";
  expect([details?.error?.innerError?.code, details?.identity?.id]).toEqual(["Inner", "8:acs:x"]);
});

it("methods accept what the official ones accept", async () => {
  const mock = {
    createUser: async () => user,
    getToken: async () => ({ token: "t", expiresOn: new Date("2011/11/30") }),
  } as unknown as ours.CommunicationIdentityClient;
  const partial = { deleteUser: async () => undefined } as Partial<ours.CommunicationIdentityClient>;
  const subset: Pick<ours.CommunicationIdentityClient, "createUser"> = { createUser: async () => user };
  const { token, expiresOn } = await mock.getToken(user, ["voip"], { tokenExpiresInMinutes: 60 });
  expect([token, expiresOn.toDateString()]).toEqual(["t", "Wed Nov 30 2011"]);
  expect([await subset.createUser(), await partial.deleteUser?.(user)]).toEqual([user, undefined]);
  // In the official package, a constant array isn't accepted.
  const scopes = () => mock.createUserAndToken(["voip"] as const);
  // @ts-expect-error A bare id isn't a user.
  const bare = () => mock.getToken("8:acs:x", ["voip"]);
  // @ts-expect-error Scopes are an array.
  const text = () => mock.getToken(user, "voip");
  // @ts-expect-error Minutes are a number.
  const minutes = () => mock.getToken(user, ["voip"], { tokenExpiresInMinutes: "60" });
  // @ts-expect-error All three members are required.
  const teams = () => mock.getTokenForTeamsUser({ teamsUserAadToken: "t" });
  expect([scopes, bare, text, minutes, teams]).toHaveLength(5);
});

it("errors are Azure Core's own, and key credentials are compatible with it", () => {
  expect(ours.RestError).toBe(CoreRestError);
  const errors = [new CoreRestError("x"), new Error("x"), undefined];
  expect(errors.map((error) => ours.isRestError(error))).toEqual(
    errors.map((error) => isCoreRestError(error)),
  );
  const key: CoreKeyCredential | ours.KeyCredential = new ours.AzureKeyCredential(testKey);
  expect(key.key).toBe(testKey);
  expectTypeOf<ours.AzureKeyCredential>().toExtend<ours.KeyCredential>();
});
