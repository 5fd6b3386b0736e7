// A misspelled option is refused, but never one that the official client or Azure Core accepts.
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { clientOptionNames, methodOptionNames } from "../../src/client/optionNames.js";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../src/index.js";
import { closestName } from "../../src/shared/closestName.js";
import { rejectionOf } from "../helpers/secrets.js";
import { stubTransport } from "../helpers/stubTransport.js";
import {
  connectionString,
  teams,
  testEndpoint,
  testKey,
  tokenBody,
  user,
  userAndTokenBody,
} from "../helpers/values.js";

const source = `
import type * as identity from "@azure/communication-identity";
import type * as coreClient from "@azure/core-client";
import type * as pipeline from "@azure/core-rest-pipeline";
import type * as ours from "../../src/index.js";

export type Client =
  | identity.CommunicationIdentityClientOptions
  | coreClient.CommonClientOptions
  | coreClient.ServiceClientOptions
  | pipeline.PipelineOptions
  | pipeline.InternalPipelineOptions;
export type OurClient = ours.CommunicationIdentityClientOptions;

type ArgumentsOf<Client> = {
  [Name in keyof Client]: Client[Name] extends (...args: infer Arguments) => unknown ? Arguments[number] : never;
}[keyof Client];
type OptionsOf<Client> = Extract<ArgumentsOf<Client>, coreClient.OperationOptions>;
export type Method = OptionsOf<identity.CommunicationIdentityClient> | coreClient.OperationOptions;
export type OurMethod = OptionsOf<ours.CommunicationIdentityClient>;
`;

/** The names of the members of each type of the source above, from the packages' declarations. */
const names = new Map<string, string[]>();

beforeAll(() => {
  // The compiler separates folders by slashes, on Windows, too.
  const file = fileURLToPath(new URL("virtual.ts", import.meta.url)).replaceAll("\\", "/");
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.ESNext) : getSourceFile(path, ...rest);
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const parsed = program.getSourceFile(file);
  if (!parsed) throw new Error("The source isn't part of the program");
  expect(program.getSemanticDiagnostics(parsed).map(({ messageText }) => messageText)).toEqual([]);
  for (const statement of parsed.statements.filter(ts.isTypeAliasDeclaration)) {
    const type = checker.getTypeAtLocation(statement);
    const parts = type.isUnion() ? type.types : [type];
    const members = parts.flatMap((part) => checker.getPropertiesOfType(checker.getNonNullableType(part)));
    names.set(statement.name.text, [...new Set(members.map(({ name }) => name))].sort());
  }
}, 60_000);

function clientWith(options: object): CommunicationIdentityClient {
  const httpClient = stubTransport({ status: 200, body: { ...userAndTokenBody, ...tokenBody } });
  return new CommunicationIdentityClient(connectionString, {
    httpClient,
    ...options,
  } as CommunicationIdentityClientOptions);
}

type Loose = Record<keyof CommunicationIdentityClient, (...args: readonly unknown[]) => Promise<unknown>>;

const calls: readonly ((client: Loose, options: object) => Promise<unknown>)[] = [
  (client, options) => client.createUser(options),
  (client, options) => client.createUserAndToken(["voip"], options),
  (client, options) => client.getToken(user, ["voip"], options),
  (client, options) => client.revokeTokens(user, options),
  (client, options) => client.deleteUser(user, options),
  (client, options) => client.getTokenForTeamsUser({ ...teams, ...options }),
];

describe("an option that the official client or Azure Core accepts", () => {
  it("is accepted by the client", () => {
    expect(names.get("Client")).toEqual(expect.arrayContaining(["httpClient", "endpoint", "credential"]));
    for (const name of names.get("Client") ?? []) {
      const value = name === "httpClient" ? stubTransport({ status: 204 }) : undefined;
      expect(() => clientWith({ [name]: value }), name).not.toThrow();
    }
  });

  it("is accepted by each method", async () => {
    expect(names.get("Method")).toEqual(
      expect.arrayContaining(["abortSignal", "serializerOptions", "tokenExpiresInMinutes", "userObjectId"]),
    );
    for (const name of names.get("Method") ?? []) {
      for (const call of calls) {
        const value = (teams as unknown as Record<string, unknown>)[name];
        await call(clientWith({}) as unknown as Loose, { [name]: value });
      }
    }
  });
});

it("the names that misspellings are compared with are those of the types", () => {
  expect([...clientOptionNames].sort()).toEqual(names.get("OurClient"));
  expect([...methodOptionNames].sort()).toEqual(names.get("OurMethod"));
});

describe("a misspelled option", () => {
  it.each([
    ["retryOption", "retryOptions"],
    ["httpclient", "httpClient"],
    ["HttpClient", "httpClient"],
    ["apiVerison", "apiVersion"],
    ["agents", "agent"],
    ["additionalPolices", "additionalPolicies"],
    ["allowInsecureConnections", "allowInsecureConnection"],
  ])("%s of the client throws", (name, meant) => {
    const message = `Unknown option ${name}. Did you mean ${meant}?`;
    const options = { [name]: true };
    expect(() => clientWith(options)).toThrow(TypeError);
    expect(() => clientWith(options)).toThrow(message);
    expect(() => new CommunicationIdentityClient(testEndpoint, { key: testKey }, options)).toThrow(message);
    expect(() => new CommunicationIdentityClient(connectionString, options)).toThrow(message);
  });

  it.each([
    ["expiresInMinutes", "tokenExpiresInMinutes"],
    ["expiresIn", "tokenExpiresInMinutes"],
    ["tokenExpiresIn", "tokenExpiresInMinutes"],
    ["tokenExpiresInMinute", "tokenExpiresInMinutes"],
    ["tokenexpiresinminutes", "tokenExpiresInMinutes"],
    ["abortsignal", "abortSignal"],
    ["requestOption", "requestOptions"],
    ["customID", "customId"],
    ["tracingOpions", "tracingOptions"],
  ])("%s of a method is rejected before anything is sent", async (name, meant) => {
    const httpClient = stubTransport({ status: 200, body: tokenBody });
    for (const call of calls) {
      const error = await rejectionOf(() =>
        call(clientWith({ httpClient }) as unknown as Loose, { [name]: 60 }),
      );
      expect(error).toMatchObject({ name: "TypeError", code: "INVALID_ARGUMENT" });
      expect(error.message).toBe(`Unknown option ${name}. Did you mean ${meant}?`);
    }
    expect(httpClient.sent).toEqual([]);
  });

  it.each(["client", "userId", "signal", "timeout", "scopes", "event", "constructor"])(
    "isn't suspected behind the unknown member %s, which is ignored",
    async (name) => {
      clientWith({ [name]: 1 });
      for (const call of calls) await call(clientWith({}) as unknown as Loose, { [name]: 1 });
    },
  );
});

describe("closestName", () => {
  it.each([
    ["deploy", undefined],
    ["doctro", "doctor"],
    ["DOCTOR", "doctor"],
    ["doctor", "doctor"],
    ["octor", "doctor"],
    ["tocktor", "doctor"],
    ["toctur", "doctor"],
    ["toctu", undefined],
    ["usr", "user"],
    ["u", undefined],
    ["", undefined],
  ])("of %j is %s", (word, closest) => {
    expect(closestName(word, ["emulator", "user", "doctor"])).toBe(closest);
  });

  it("prefers a candidate with fewer differences, whatever their order", () => {
    expect(closestName("hosts", ["ports", "host"])).toBe("host");
  });

  it("requires more letters for each difference if asked to", () => {
    expect(closestName("agents", ["agent"], 5)).toBe("agent");
    expect(closestName("agentss", ["agent"], 5)).toBeUndefined();
    expect(closestName("agents", ["agent"], 6)).toBeUndefined();
  });
});
