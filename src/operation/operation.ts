import type { OperationOptions } from "@azure/core-client";
import type { HttpMethods, SendRequest } from "@azure/core-rest-pipeline";

/** What the operations of one client share. */
export interface OperationContext {
  /** The method of the client that was called, which errors name. */
  readonly method: string;
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  /** The name of the header that carries the id of a request, the same on each attempt. */
  readonly requestIdHeader: string;
  /** The pipeline and the transport behind it. */
  readonly send: SendRequest;
  /** What a method asks of the result besides its wire model; throws an Error, with `details` or without. */
  check?(result: unknown): void;
}

/** Calls a generated operation for a method of the client, within a span of that name. */
export type CallOperation = <Args extends unknown[], Result>(
  method: string,
  options: OperationOptions | undefined,
  operation: (context: OperationContext, ...args: [...Args, OperationOptions]) => Promise<Result>,
  ...args: Args
) => Promise<Result>;

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
