import NextAuth from "next-auth";
import MicrosoftEntraID from "next-auth/providers/microsoft-entra-id";
import { callbacks, issuer, provider } from "./settings.js";

export const { handlers, auth } = NextAuth({
  trustHost: true,
  secret: "a secret",
  providers: [MicrosoftEntraID({ ...provider, issuer })],
  callbacks,
});
