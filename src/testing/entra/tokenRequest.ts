/** A request to the token endpoint. */
export interface TokenRequest {
  /** The tenant in the path, in lower case: an id, `common` or `organizations`. */
  readonly tenant: string;
  /** `https://host` by which the client knows this authority. */
  readonly authorityHost: string;
  readonly form: URLSearchParams;
}
