// The clients under test, behind one shape that takes arguments of any type.
import { createRequire } from "node:module";
import type { HttpClient, PipelinePolicy } from "@azure/core-rest-pipeline";
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

export type PackageName = "official" | "ours";

export interface Subject {
  readonly name: SubjectName;
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

type Constructor = new (...args: never[]) => object;

/** The official client needs the opt-in for a loopback server too. */
const packageOptions: Record<PackageName, Subject["options"]> = {
  official: { allowInsecureConnection: true },
  ours: {},
};

export function subjectFrom(
  packageName: PackageName,
  Client: Constructor,
  rest: Pick<Subject, "keyCredential" | "signingPolicy">,
): Subject {
  return {
    name: packageName,
    package: packageName,
    options: packageOptions[packageName],
    construct: (args) => Reflect.construct(Client, args) as IdentityClient,
    ...rest,
  };
}

/** Counts what is handed to a transport. */
export class CountingTransport implements HttpClient {
  sent = 0;
  readonly sendRequest: HttpClient["sendRequest"];

  constructor(httpClient: HttpClient) {
    this.sendRequest = (request) => {
      this.sent++;
      return httpClient.sendRequest(request);
    };
  }
}

/** Loaded when a task asks for one: half of the time of a process that runs one row goes into that. */
const subjects: Record<SubjectName, () => Promise<Subject>> = {
  async official() {
    const { CommunicationIdentityClient } = await import("@azure/communication-identity");
    const { AzureKeyCredential } = await import("@azure/core-auth");
    const common = createRequire(import.meta.url)("@azure/communication-common") as {
      createCommunicationAuthPolicy(credential: KeyHolder): PipelinePolicy;
    };
    return subjectFrom("official", CommunicationIdentityClient, {
      keyCredential: (key) => new AzureKeyCredential(key),
      signingPolicy: common.createCommunicationAuthPolicy,
    });
  },
  async ours() {
    const { AzureKeyCredential, CommunicationIdentityClient, createCommunicationAccessKeyCredentialPolicy } =
      await import("../../src/index.js");
    return subjectFrom("ours", CommunicationIdentityClient, {
      keyCredential: (key) => new AzureKeyCredential(key),
      signingPolicy: createCommunicationAccessKeyCredentialPolicy,
    });
  },
  async undici() {
    const { createUndiciHttpClient } = await import("../../src/undici/index.js");
    const transport = new CountingTransport(createUndiciHttpClient());
    return { ...(await subjects.ours()), name: "undici", options: { httpClient: transport }, transport };
  },
};

export function subjectNamed(name: SubjectName): Promise<Subject> {
  return subjects[name]();
}
