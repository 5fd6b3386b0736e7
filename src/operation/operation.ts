import type { HttpMethods } from "@azure/core-rest-pipeline";

/** An operation of the service as the generated code describes it. */
export interface Operation<Body, Result> {
  /** The name of the client's method, for spans, logs and messages. */
  readonly name: string;
  readonly method: HttpMethods;
  /** The literal parts of the path. Between each two parts there is one argument. */
  readonly path: readonly string[];
  /** Present if the operation can have a body. It's sent even if there is none. */
  readonly contentType?: "application/json";
  /** The version that introduced the operation, unless the first one did. */
  readonly since?: string;
  /** The versions that introduced members of the body later than the operation. */
  readonly bodySince?: { readonly [Member in keyof Body]?: string };
  /** Reads the body of a success; absent if it has none. */
  readonly deserialize?: (body: unknown) => Result;
}
