import { denied } from "../httpError.js";
import type { Claims } from "../tokens/jwt.js";
import type { RoutedRequest } from "../wire/router.js";
import type { WireRequest } from "../wire/wire.js";
import { type EntraChecks, verifyBearer } from "./bearer.js";
import { verifyHmac } from "./hmac.js";
import type { HmacSettings } from "./hmacSettings.js";

/** The sender of a request. */
export type Caller = { readonly kind: "accessKey" } | { readonly kind: "entra"; readonly claims: Claims };

export interface AuthenticationSettings extends HmacSettings {
  /** Accept any bearer token. */
  readonly loose: boolean;
  readonly entra: EntraChecks;
}

/**
 * Verifies a request by the scheme of its Authorization header.
 * @param wallTime - Milliseconds since 1970.
 * @throws HttpError 401, with the reason in its diagnosis.
 */
export async function authenticate(
  request: WireRequest,
  { operation }: RoutedRequest,
  settings: AuthenticationSettings,
  wallTime: number,
): Promise<{ caller: Caller; tolerance?: string }> {
  const authorization = request.headers.get("authorization") ?? "";
  const [scheme = ""] = authorization.split(" ", 1);
  switch (scheme.toLowerCase()) {
    case "hmac-sha256": {
      const tolerance = await verifyHmac(request, authorization, settings, wallTime);
      return { caller: { kind: "accessKey" }, ...(tolerance === undefined ? {} : { tolerance }) };
    }
    case "bearer": {
      const token = authorization.slice(scheme.length + 1).trim();
      const claims = await verifyBearer(token, operation, settings, wallTime);
      return { caller: { kind: "entra", claims } };
    }
    case "":
      throw denied("The request has no Authorization header");
    default:
      throw denied("The Authorization header must start with HMAC-SHA256 or Bearer");
  }
}
