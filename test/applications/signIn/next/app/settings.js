const { AUTHORITY_HOST, TENANT_ID, CLIENT_ID, CLIENT_SECRET } = process.env;

const scope = "openid profile email offline_access https://communication.azure.com//.default";

/** What next-auth 4 is told. Its own `profile` asks Microsoft Graph for a photo. */
export const provider = {
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  authorization: { params: { scope } },
  profile: ({ sub, name, email }) => ({ id: sub, name, email }),
};
export const issuer = `${AUTHORITY_HOST}/${TENANT_ID}/v2.0`;

/** The rotation of refresh tokens as their guide has it, as if the access token had always expired. */
export const callbacks = {
  async jwt({ token, account }) {
    if (account) return { ...token, first: account.access_token, refreshToken: account.refresh_token };
    const response = await fetch(`${AUTHORITY_HOST}/${TENANT_ID}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        grant_type: "refresh_token",
        refresh_token: token.refreshToken,
      }),
    });
    const tokens = await response.json();
    if (!response.ok) throw tokens;
    return { ...token, renewed: tokens.access_token, refreshToken: tokens.refresh_token };
  },
  session: ({ session, token: { first, renewed } }) => ({ ...session, accessTokens: [first, renewed] }),
};
