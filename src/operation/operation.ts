import type { HttpClient, HttpMethods, Pipeline } from "@azure/core-rest-pipeline";

/** What the calls of one client share. */
export interface ClientContext {
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  /** The name of the header that carries the id of a request, the same on each attempt. */
  readonly requestIdHeader: string;
  readonly pipeline: Pipeline;
  /** The transport behind the pipeline. */
  readonly httpClient: HttpClient;
}

/** What an operation is sent with. */
export interface OperationContext {
  readonly client: ClientContext;
  /** The name of the client's method, for messages. */
  readonly method: string;
}

/** Versions are dates and compare as texts. */
export interface VersionRange {
  readonly since: string;
  /** The first version that no longer has it. */
  readonly until?: string;
  /** The first stable version, when `since` is a preview that led to one. */
  readonly stable?: string;
}

/** An operation as the generated code describes it. */
export interface Operation<Result> {
  readonly method: HttpMethods;
  /** The literal parts of the path; one path argument stands between two parts. */
  readonly path: readonly string[];
  /** Present when the operation may carry a body; then sent without one too. */
  readonly contentType?: "application/json";
  /** The versions that have the operation; absent when all have it. */
  readonly versions?: VersionRange;
  /** Members of the body that not all of those versions have. */
  readonly bodyVersions?: Readonly<Record<string, VersionRange>>;
  /** Reads the body of a success; absent when there is none. */
  readonly deserialize?: (body: unknown) => Result;
}

export interface OperationArguments {
  readonly path?: readonly string[];
  readonly body?: object | undefined;
}
