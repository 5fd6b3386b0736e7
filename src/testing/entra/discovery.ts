/**
 * Returns the OpenID configuration of a tenant.
 * @param authorityHost - `https://host`, without a slash.
 */
export function openIdConfiguration(authorityHost: string, tenant: string): object {
  const base = `${authorityHost}/${tenant}`;
  return {
    issuer: issuerOf(authorityHost, tenant),
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    code_challenge_methods_supported: ["plain", "S256"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    request_uri_parameter_supported: false,
  };
}

/** Answers the question which hosts belong to the same authority. This authority has only one. */
export function instanceDiscovery(authorityHost: string, host: string, query: URLSearchParams): object {
  const endpoint = query.get("authorization_endpoint") ?? "";
  const { pathname } = URL.canParse(endpoint) ? new URL(endpoint) : { pathname: "/common/" };
  const [, tenant = ""] = pathname.split("/");
  return {
    tenant_discovery_endpoint: `${authorityHost}/${tenant || "common"}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the issuer as Entra publishes it: with a placeholder for the tenant where any tenant may sign in. */
export function issuerOf(authorityHost: string, tenant: string): string {
  const issuerTenant = ["common", "organizations"].includes(tenant) ? "{tenantid}" : tenant;
  return `${authorityHost}/${issuerTenant}/v2.0`;
}
