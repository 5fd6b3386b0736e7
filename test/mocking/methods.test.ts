// How users mock the client in their own tests: by automocking the module.
import { afterEach, expect, it, vi } from "vitest";
import { type OperationName, routes } from "../../src/generated/routes.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  isRestError,
  parseConnectionString,
} from "../../src/index.js";
import { connectionString, testEndpoint, tokenBody, user } from "../helpers/values.js";

vi.mock("../../src/index.js");

afterEach(() => {
  vi.resetAllMocks();
});

/** Operations that the client has no method for: those for a user's own Entra token, and those of a withdrawn preview. */
type WithoutMethod =
  | "getTokenForTeamsExtensionUser"
  | "getTokenForEntraUser"
  | "getUserDetail"
  | Extract<OperationName, `${string}EntraAssignment${string}`>;

const methods = routes
  .flatMap(({ operation, operationWith = {} }) => [operation, ...Object.values(operationWith)])
  .filter(
    (name): name is Exclude<OperationName, WithoutMethod> =>
      !/^getTokenFor(?!TeamsUser$)|EntraAssignment|UserDetail/.test(name),
  );

it.each(methods)("automocking makes %s a spy on the class and on instances", async (method) => {
  expect(vi.isMockFunction(CommunicationIdentityClient.prototype[method])).toBe(true);
  const client = new CommunicationIdentityClient("no connection string");
  expect(vi.isMockFunction(client[method])).toBe(true);
  expect(Object.hasOwn(CommunicationIdentityClient.prototype, method)).toBe(true);
});

it("automocking covers every method of the client", async () => {
  const actual = await vi.importActual<typeof import("../../src/index.js")>("../../src/index.js");
  const names = Object.getOwnPropertyNames(actual.CommunicationIdentityClient.prototype);
  expect(names.filter((name) => name !== "constructor").toSorted()).toEqual([...methods].toSorted());
});

it("the mocked constructor counts its calls and doesn't check its arguments", () => {
  new CommunicationIdentityClient(connectionString);
  new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential("x"));
  expect(CommunicationIdentityClient).toHaveBeenCalledTimes(2);
  expect(CommunicationIdentityClient).toHaveBeenNthCalledWith(1, connectionString);
});

it("mocked methods return the test's answers", async () => {
  const answer = { token: tokenBody.token, expiresOn: new Date(0) };
  vi.mocked(CommunicationIdentityClient.prototype.getToken).mockResolvedValue(answer);
  const client = new CommunicationIdentityClient("");
  expect(await client.getToken(user, ["voip"])).toBe(answer);
  expect(client.getToken).toHaveBeenCalledExactlyOnceWith(user, ["voip"]);
  vi.mocked(client.createUser).mockRejectedValueOnce(new Error("mine"));
  await expect(client.createUser()).rejects.toThrow("mine");
});

it("automocking makes functions spies, too", () => {
  expect(vi.isMockFunction(parseConnectionString)).toBe(true);
  expect(vi.isMockFunction(isRestError)).toBe(true);
});
