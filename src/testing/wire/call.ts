import type { OperationName } from "../../generated/routes.js";
import { HttpError } from "./httpError.js";
import { type JsonObject, readJson } from "./requestBody.js";
import { bodyLimitInBytes, type RowHead } from "./rowHead.js";
import type { ReceivedRequest, WireRequest } from "./wire.js";

/** A request, its place in the tables, and its body once it was read. */
export class Call {
  readonly request: WireRequest;
  /** The row with the path and method of the request. Absent if there is none. */
  readonly row: RowHead | undefined;
  /** The decoded path parameters, by name. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Aborts when nobody waits for the response anymore. */
  readonly givenUp: AbortSignal | undefined;
  /** From `performance.now`. */
  readonly startedAt: number = performance.now();
  /** Hints for the developer, which each step may add to. They don't fail the request. */
  readonly remarks: string[] = [];
  /** Absent until it was read. */
  #body: Uint8Array | undefined;
  #reading: Promise<Uint8Array> | undefined;
  #json: { readonly value: JsonObject | undefined } | undefined;

  constructor(
    request: WireRequest,
    row: RowHead | undefined,
    pathParameters: Readonly<Record<string, string>>,
    givenUp?: AbortSignal,
  ) {
    this.request = request;
    this.row = row;
    this.pathParameters = pathParameters;
    const [, ...query] = request.target.split("?");
    this.query = new URLSearchParams(query.join("?"));
    this.givenUp = givenUp;
  }

  /** Reads the body, unless it has been read. @throws HttpError 413, or ConnectionLostError. */
  async read(): Promise<void> {
    const limit = this.row?.limitInBytes ?? bodyLimitInBytes;
    this.#reading ??= this.request.read(limit);
    const body = await this.#reading;
    if (body.length > limit)
      throw new HttpError(413, "RequestEntityTooLarge", "The request body is too large.", {
        diagnosis: `More than ${limit} bytes`,
      });
    this.#body = body;
  }

  /** Reads what has not been read, since many clients don't see a response that comes before. */
  async discard(): Promise<void> {
    this.#reading ??= this.request.read(0);
    await this.#reading;
  }

  /** Empty until it was read. */
  get body(): Uint8Array {
    return this.#body ?? new Uint8Array();
  }

  /**
   * What the service's route does for this body: creating a user with or without a token is a single route but two client
   * methods. Absent until the body was read.
   */
  get operation(): OperationName | undefined {
    const { operation, operationWith = {} } = this.row?.route ?? {};
    if (!this.#body) return undefined;
    const members = Object.keys(operationWith).length > 0 ? this.#readableMembers() : {};
    const [, special] =
      Object.entries(operationWith).find(([name]) => (members[name] ?? undefined) !== undefined) ?? [];
    return special ?? operation;
  }

  /** Returns the members of a body that is validated later. */
  #readableMembers(): JsonObject {
    try {
      return this.json ?? {};
    } catch {
      return {};
    }
  }

  /** The JSON object in the body, which is parsed once. Undefined if the body is empty or null. @throws HttpError 400. */
  get json(): JsonObject | undefined {
    this.#json ??= { value: readJson(this.body) };
    return this.#json.value;
  }

  /** Whether the command's doctor sent it, which marks its requests to loopback addresses. */
  get isFromDoctor(): boolean {
    return this.request.headers.get("x-acs-identity-doctor") === "1";
  }

  get received(): ReceivedRequest {
    return { ...this.request, body: this.body };
  }
}
