// The two clients under test, behind one shape that takes arguments of any type.
import { createRequire } from "node:module";
import * as officialPackage from "@azure/communication-identity";
import { AzureKeyCredential as CoreKeyCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import * as ourPackage from "../../src/index.js";
import type { SubjectName } from "./row.js";

export interface IdentityClient {
  createUser(options?: unknown): Promise<unknown>;
  createUserAndToken(scopes: unknown, options?: unknown): Promise<unknown>;
  getToken(user: unknown, scopes: unknown, options?: unknown): Promise<unknown>;
  revokeTokens(user: unknown, options?: unknown): Promise<unknown>;
  deleteUser(user: unknown, options?: unknown): Promise<unknown>;
  getTokenForTeamsUser(options: unknown): Promise<unknown>;
}

export interface KeyHolder {
  readonly key: string;
  update(key: string): void;
}

export interface Subject {
  readonly name: SubjectName;
  /** `new CommunicationIdentityClient(...args)` */
  construct(args: readonly unknown[]): IdentityClient;
  keyCredential(key: string): KeyHolder;
  /** The policy that signs with an access key, on its own. */
  signingPolicy(credential: KeyHolder): PipelinePolicy;
}

type Constructor = new (...args: never[]) => object;

export function subjectFrom(
  name: SubjectName,
  Client: Constructor,
  rest: Pick<Subject, "keyCredential" | "signingPolicy">,
): Subject {
  return {
    name,
    construct: (args) => Reflect.construct(Client, args) as IdentityClient,
    ...rest,
  };
}

const common = createRequire(import.meta.url)("@azure/communication-common") as {
  createCommunicationAuthPolicy(credential: KeyHolder): PipelinePolicy;
};

const subjects: Record<SubjectName, Subject> = {
  ours: subjectFrom("ours", ourPackage.CommunicationIdentityClient, {
    keyCredential: (key) => new ourPackage.AzureKeyCredential(key),
    signingPolicy: ourPackage.createCommunicationKeyCredentialPolicy,
  }),
  official: subjectFrom("official", officialPackage.CommunicationIdentityClient, {
    keyCredential: (key) => new CoreKeyCredential(key),
    signingPolicy: common.createCommunicationAuthPolicy,
  }),
};

export function subjectNamed(name: SubjectName): Subject {
  return subjects[name];
}
