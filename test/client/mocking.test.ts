// How users mock the client in tests of their own: the automock of the module.
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

/** What has no method, because only a user's own token can ask for it. */
type WithoutMethod = "getTokenForTeamsExtensionUser" | "getTokenForEntraUser";

const methods = routes
  .flatMap(({ operation, operationWith = {} }) => [operation, ...Object.values(operationWith)])
  .filter((name): name is Exclude<OperationName, WithoutMethod> => !/^getTokenFor(?!TeamsUser$)/.test(name));

it.each(methods)("%s of the class and of an instance is a spy", async (method) => {
  expect(vi.isMockFunction(CommunicationIdentityClient.prototype[method])).toBe(true);
  const client = new CommunicationIdentityClient("no connection string");
  expect(vi.isMockFunction(client[method])).toBe(true);
  expect(Object.hasOwn(CommunicationIdentityClient.prototype, method)).toBe(true);
});

it("are all the methods that there are", async () => {
  const actual = await vi.importActual<typeof import("../../src/index.js")>("../../src/index.js");
  const names = Object.getOwnPropertyNames(actual.CommunicationIdentityClient.prototype);
  expect(names.filter((name) => name !== "constructor").toSorted()).toEqual([...methods].toSorted());
});

it("counts the calls of the constructor, and checks none of its arguments", () => {
  new CommunicationIdentityClient(connectionString);
  new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential("x"));
  expect(CommunicationIdentityClient).toHaveBeenCalledTimes(2);
  expect(CommunicationIdentityClient).toHaveBeenNthCalledWith(1, connectionString);
});

it("takes answers of the test's own", async () => {
  const answer = { token: tokenBody.token, expiresOn: new Date(0) };
  vi.mocked(CommunicationIdentityClient.prototype.getToken).mockResolvedValue(answer);
  const client = new CommunicationIdentityClient("");
  expect(await client.getToken(user, ["voip"])).toBe(answer);
  expect(client.getToken).toHaveBeenCalledExactlyOnceWith(user, ["voip"]);
  vi.mocked(client.createUser).mockRejectedValueOnce(new Error("mine"));
  await expect(client.createUser()).rejects.toThrow("mine");
});

it("makes spies of the functions too", () => {
  expect(vi.isMockFunction(parseConnectionString)).toBe(true);
  expect(vi.isMockFunction(isRestError)).toBe(true);
});
