import NextAuth from "next-auth";
import MicrosoftEntraID from "next-auth/providers/microsoft-entra-id";

export const { handlers, auth } = NextAuth({
  basePath: "/users",
  providers: [
    MicrosoftEntraID({
      authorization: { params: { scope: "openid profile email" } },
      // Auth.js's default asks Microsoft Graph for a picture.
      profile: ({ oid, name, email }) => ({ id: oid, name, email }),
    }),
  ],
  callbacks: {
    // At the sign-in there is a profile. The object id is the same in every application.
    jwt: ({ token, profile }) => (profile ? { ...token, oid: profile.oid } : token),
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.oid } }),
  },
});
