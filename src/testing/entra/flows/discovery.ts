import { signingKey } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import type { Call } from "../../wire/call.js";
import { checkTenant, type EntraRequest, isForEveryTenant } from "../request/entraRequest.js";
import { openIdScopes } from "../request/scopes.js";
import { supportedClaims } from "../tokens/entraClaims.js";
import { responseModes, responseTypes } from "./authorize.js";
import { userInfoPath } from "./userInfo.js";

/** Returns the keys that verify the authority's tokens. */
export async function publishedKeys(_fake: Fake, { authorityHost, tenant }: EntraRequest): Promise<object> {
  const jwk = (await signingKey()).publishedJwk;
  return { keys: [{ ...jwk, issuer: publishedIssuer(authorityHost, tenant, "/v2.0") }] };
}

/**
 * Returns the handler for the OpenID configuration of a tenant.
 * @param version - The end of the issuer, which differs by the version of the tokens. The endpoints are the same.
 */
export function openIdConfiguration(version: "/" | "/v2.0"): (fake: Fake, request: EntraRequest) => object {
  return (fake, { authorityHost, tenant }) => {
    checkTenant(fake, tenant);
    const base = `${authorityHost}/${tenant}`;
    return {
      issuer: publishedIssuer(authorityHost, tenant, version),
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      userinfo_endpoint: `${authorityHost}${userInfoPath}`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      response_types_supported: responseTypes,
      response_modes_supported: responseModes,
      scopes_supported: openIdScopes,
      claims_supported: supportedClaims,
      code_challenge_methods_supported: ["plain", "S256"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      request_uri_parameter_supported: false,
    };
  };
}

/** Lists the hosts that belong to the same authority. This authority has only one. */
export function instanceDiscovery(
  _fake: Fake,
  { authorityHost, parameters }: EntraRequest,
  { request: { host } }: Call,
): object {
  const endpoint = parameters.get("authorization_endpoint") ?? "";
  const { pathname } = URL.canParse(endpoint) ? new URL(endpoint) : { pathname: "/common/" };
  const [, tenant = ""] = pathname.split("/");
  return {
    tenant_discovery_endpoint: `${authorityHost}/${tenant || "common"}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the issuer as Entra publishes it: with a placeholder for the tenant where users of every tenant may sign in. */
function publishedIssuer(authorityHost: string, tenant: string, version: "/" | "/v2.0"): string {
  const issuerTenant = isForEveryTenant(tenant) ? "{tenantid}" : tenant;
  return `${authorityHost}/${issuerTenant}${version}`;
}
