// A misspelled expiry is refused, but never an option that the official client or Azure Core accepts.
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../src/index.js";
import { rejectionOf } from "../helpers/secrets.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { connectionString, teams, tokenBody, user, userAndTokenBody } from "../helpers/values.js";

const source = `
import type * as identity from "@azure/communication-identity";
import type * as coreClient from "@azure/core-client";
import type * as pipeline from "@azure/core-rest-pipeline";

export type Client =
  | identity.CommunicationIdentityClientOptions
  | coreClient.CommonClientOptions
  | coreClient.ServiceClientOptions
  | pipeline.PipelineOptions
  | pipeline.InternalPipelineOptions;

type ArgumentsOf<Client> = {
  [Name in keyof Client]: Client[Name] extends (...args: infer Arguments) => unknown ? Arguments[number] : never;
}[keyof Client];
type OptionsOf<Client> = Extract<ArgumentsOf<Client>, coreClient.OperationOptions>;
export type Method = OptionsOf<identity.CommunicationIdentityClient> | coreClient.OperationOptions;
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

describe("an unknown option", () => {
  it.each([
    "expiresInMinutes",
    "expiresIn",
    "tokenExpiresIn",
    "tokenExpiresInMinute",
    "tokenexpiresinminutes",
    "expiryInMinutes",
    "tokenExpirationMinutes",
  ])(
    "%s of a method is rejected before anything is sent, since the token would be valid for a day",
    async (name) => {
      const httpClient = stubTransport({ status: 200, body: tokenBody });
      for (const call of calls) {
        const error = await rejectionOf(() =>
          call(clientWith({ httpClient }) as unknown as Loose, { [name]: 60 }),
        );
        expect(error).toMatchObject({ name: "TypeError", code: "INVALID_ARGUMENT" });
        expect(error.message).toBe(`Unknown option ${name}. Did you mean tokenExpiresInMinutes?`);
      }
      expect(httpClient.sent).toEqual([]);
    },
  );

  it("customId is rejected before anything is sent, since each call would create another user", async () => {
    const httpClient = stubTransport({ status: 200, body: tokenBody });
    for (const call of calls) {
      const client = clientWith({ httpClient, apiVersion: "2025-03-02-preview" }) as unknown as Loose;
      const error = await rejectionOf(() => call(client, { customId: "bob" }));
      expect(error).toMatchObject({ name: "TypeError", code: "INVALID_ARGUMENT" });
      expect(error.message).toMatch(/^customId belongs to a preview that the service withdrew/);
    }
    expect(httpClient.sent).toEqual([]);
  });

  it.each(["client", "userId", "signal", "timeout", "scopes", "requestOption", "constructor"])(
    "%s is ignored",
    async (name) => {
      clientWith({ [name]: 1 });
      for (const call of calls) await call(clientWith({}) as unknown as Loose, { [name]: 1 });
    },
  );
});
