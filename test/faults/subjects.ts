// The clients under test, behind one shape that takes arguments of any type.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import type { HttpClient, PipelinePolicy } from "@azure/core-rest-pipeline";
import { inject } from "vitest";

export type PackageName = "official" | "ours";
export type SubjectName = PackageName | "ours over undici";

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

/** What each file of clients/ exports. */
interface ClientModule {
  readonly CommunicationIdentityClient: new (...args: never[]) => object;
  readonly AzureKeyCredential: new (key: string) => KeyHolder;
  createSigningPolicy(credential: KeyHolder): PipelinePolicy;
}

export interface Subject {
  readonly package: PackageName;
  /** What every client is constructed with, beyond the options of a row. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The transport of Node that the subject is about, when it is about one. */
  readonly transport?: CountingTransport;
  /** `new CommunicationIdentityClient(...args)` */
  construct(args: readonly unknown[]): IdentityClient;
  keyCredential(key: string): KeyHolder;
  /** The policy that signs with an access key, on its own. */
  signingPolicy(credential: KeyHolder): PipelinePolicy;
}

/** Counts what is handed to a transport. */
class CountingTransport implements HttpClient {
  sent = 0;
  readonly sendRequest: HttpClient["sendRequest"];

  constructor(httpClient: HttpClient) {
    this.sendRequest = (request) => {
      this.sent++;
      return httpClient.sendRequest(request);
    };
  }
}

function subjectOf(name: PackageName, module: ClientModule): Subject {
  return {
    package: name,
    // The official client needs the opt-in for a loopback server too.
    options: name === "official" ? { allowInsecureConnection: true } : {},
    construct: (args) => Reflect.construct(module.CommunicationIdentityClient, args) as IdentityClient,
    keyCredential: (key) => new module.AzureKeyCredential(key),
    signingPolicy: module.createSigningPolicy,
  };
}

export async function subjectNamed(name: SubjectName): Promise<Subject> {
  if (name === "official") return subjectOf(name, await import("./clients/official.js"));
  const ours = subjectOf("ours", await import("./clients/ours.js"));
  if (name === "ours") return ours;
  const { createUndiciHttpClient } = await import("../../src/undici/index.js");
  const transport = new CountingTransport(createUndiciHttpClient());
  return { ...ours, options: { httpClient: transport }, transport };
}

/** A script that leaves the browser build of a package as the global `client`. */
export function browserScriptOf(name: PackageName): string {
  return readFileSync(`${inject("browserBuilds")}/${name}.iife.js`, "utf8");
}

/** The client as a browser gets it, on the fetch of this process. */
export function browserBuildOf(name: PackageName): Subject {
  return subjectOf(name, runInThisContext(`(() => { ${browserScriptOf(name)}; return client; })()`));
}
