/** A request to the token endpoint. */
export interface EntraTokenRequest {
  /** The tenant in the path, in lower case: an id, `common` or `organizations`. */
  readonly tenant: string;
  /** The authority's origin as the client addressed it, such as `https://host`. */
  readonly authorityHost: string;
  readonly form: URLSearchParams;
}
