import NextAuth from "next-auth";
import MicrosoftEntraID from "next-auth/providers/microsoft-entra-id";
import { callbacks } from "./settings.js";

const scope = "openid profile email offline_access https://communication.azure.com//.default";
const provider = MicrosoftEntraID({
  authorization: { params: { scope } },
  profile: ({ oid, name, email }) => ({ id: oid, name, email }),
});

export const { handlers, auth } = NextAuth({ providers: [provider], callbacks });
