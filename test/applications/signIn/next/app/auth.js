import NextAuth from "next-auth";
import MicrosoftEntraID from "next-auth/providers/microsoft-entra-id";

export const { handlers, auth } = NextAuth({
  providers: [
    MicrosoftEntraID({
      authorization: { params: { scope: "openid profile email https://communication.azure.com//.default" } },
      profile: ({ oid, name, email }) => ({ id: oid, name, email }),
    }),
  ],
  callbacks: {
    // At the sign-in there is an account. Its token lives for about an hour.
    jwt: ({ token, account }) =>
      account ? { ...token, accessToken: account.access_token, expiresAt: account.expires_at } : token,
    session: ({ session, token: { accessToken, expiresAt } }) => ({ ...session, accessToken, expiresAt }),
  },
});
