import type { HttpClient, HttpMethods, Pipeline } from "@azure/core-rest-pipeline";

/** What all calls of a client share. */
export interface ClientContext {
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  /** The name of the header that carries the request id, which is the same on each attempt. */
  readonly requestIdHeader: string;
  readonly pipeline: Pipeline;
  /** The transport behind the pipeline. */
  readonly httpClient: HttpClient;
}

/** The client and the method that send an operation. */
export interface OperationContext {
  readonly client: ClientContext;
  /** The name of the client's method, for messages and policies. */
  readonly methodName: string;
}

/** A range of versions. They are dates, so they compare as strings. */
export interface VersionRange {
  readonly since: string;
  /** The first version that no longer has it. */
  readonly until?: string;
  /** The first stable version, if `since` is a preview that led to one. */
  readonly stable?: string;
}

/** An operation as the generated code describes it. */
export interface Operation<Result> {
  /** The HTTP method. */
  readonly method: HttpMethods;
  /** The literal parts of the path. Between each two parts there is one path argument. */
  readonly path: readonly string[];
  /** Present if the operation can have a body. It's sent even if there is none. */
  readonly contentType?: "application/json";
  /** The versions that have the operation; absent if all do. */
  readonly versions?: VersionRange;
  /** Members of the body that some of those versions lack. */
  readonly bodyVersions?: Readonly<Record<string, VersionRange>>;
  /** Reads the body of a success; absent if it has none. */
  readonly deserialize?: (body: unknown) => Result;
}

export interface OperationArguments {
  readonly path?: readonly string[];
  readonly body?: object | undefined;
}
