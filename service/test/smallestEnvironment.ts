export const tenant = "00ac5000-7e4a-4717-8000-000000000001";
export const login = "https://login.microsoftonline.com";
/** What has no safe default. */
export const smallestEnvironment = {
  COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com/",
  TOKEN_ISSUER: `${login}/${tenant}/v2.0`,
  TOKEN_AUDIENCE: "00ac5000-5b4a-4717-8000-0000000000aa",
  TOKEN_JWKS_URL: `${login}/${tenant}/discovery/v2.0/keys`,
  SCOPE_POLICY: '[{"claim":"scp","value":"access_as_user","scopes":["voip"]}]',
  DATABASE_URL: "postgres://tokens@db/tokens?sslmode=verify-full",
};
