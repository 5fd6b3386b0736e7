import type { HttpMethods } from "@azure/core-rest-pipeline";

/** An operation of the service as the generated code describes it. */
export interface Operation<Body, Result> {
  /** The name of the client's method, for spans, logs and messages. */
  readonly name: string;
  readonly method: HttpMethods;
  /** The literal parts of the path. Between each two parts there is one argument. */
  readonly path: readonly string[];
  /** Present if the operation can have a body. It's sent even if there is none. */
  readonly contentType: "application/json" | undefined;
  /** The version that introduced the operation; undefined if the first one did. */
  readonly since: string | undefined;
  /** The versions that introduced members of the body later than the operation. */
  readonly bodySince: { readonly [Member in keyof Body]?: string };
  /** The statuses of a success. */
  readonly statuses: readonly number[];
  /** Reads the body of a success; undefined if it has none. */
  readonly deserialize: ((body: unknown) => Result) | undefined;
}
