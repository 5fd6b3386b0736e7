import AzureADProvider from "next-auth-4/providers/azure-ad";
import { callbacks, issuer, provider } from "./settings.js";

export const authOptions = {
  secret: "a secret",
  providers: [AzureADProvider({ ...provider, wellKnown: `${issuer}/.well-known/openid-configuration` })],
  callbacks,
};
