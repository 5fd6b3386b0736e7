import NextAuth from "next-auth-4";
import { authOptions } from "../../auth4.js";

const handler = NextAuth(authOptions);

export { handler as GET, handler as POST };
