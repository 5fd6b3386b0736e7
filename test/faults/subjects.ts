// The clients under test, behind one interface that accepts arguments of any type.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { inject } from "vitest";

export type PackageName = "official" | "ours";
export type SubjectName = PackageName | "ours over undici";

type Method =
  | "createUser"
  | "createUserAndToken"
  | "getToken"
  | "revokeTokens"
  | "deleteUser"
  | "getTokenForTeamsUser";
export type IdentityClient = Readonly<Record<Method, (...args: unknown[]) => Promise<unknown>>>;

/** What each file of clients/ exports. */
interface ClientModule {
  readonly CommunicationIdentityClient: new (...args: never[]) => object;
}

export interface Subject {
  readonly package: PackageName;
  /** The options that every client gets in addition to those of the row. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The Node transport under test, if the subject has one. It counts the requests that it's given. */
  readonly transport?: HttpClient & { readonly sent: number };
  /** `new CommunicationIdentityClient(...args)` */
  construct(args: readonly unknown[]): IdentityClient;
}

function subjectOf(name: PackageName, module: ClientModule): Subject {
  return {
    package: name,
    // The official client needs this opt-in even for a loopback server.
    options: name === "official" ? { allowInsecureConnection: true } : {},
    construct: (args) => Reflect.construct(module.CommunicationIdentityClient, args) as IdentityClient,
  };
}

export async function subjectNamed(name: SubjectName): Promise<Subject> {
  if (name === "official") return subjectOf(name, await import("./clients/official.js"));
  const ours = subjectOf("ours", await import("./clients/ours.js"));
  if (name === "ours") return ours;
  const { createUndiciHttpClient } = await import("../../src/undici/index.js");
  const undici = createUndiciHttpClient();
  const transport = {
    sent: 0,
    sendRequest(request: Parameters<HttpClient["sendRequest"]>[0]) {
      transport.sent++;
      return undici.sendRequest(request);
    },
  };
  return { ...ours, options: { httpClient: transport }, transport };
}

/** Returns a script that assigns the browser build of a package to the global `client`. */
export function browserScriptOf(name: PackageName): string {
  return readFileSync(`${inject("browserBuilds")}/${name}.iife.js`, "utf8");
}

/** Loads the browser build of a package, which then uses this process's fetch. */
export function browserBuildOf(name: PackageName): Subject {
  return subjectOf(name, runInThisContext(`(() => { ${browserScriptOf(name)}; return client; })()`));
}
