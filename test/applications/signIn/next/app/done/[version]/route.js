import { getServerSession } from "next-auth-4";
import { auth } from "../../auth.js";
import { authOptions } from "../../auth4.js";
import { auth as usersAuth } from "../../usersAuth.js";

export async function GET(_request, { params }) {
  const { version } = await params;
  const sessions = { 4: () => getServerSession(authOptions), 5: auth, users: usersAuth };
  const session = await sessions[version]();
  if (!session) return Response.json("signed out");
  const { user, accessTokens } = session;
  if (!accessTokens) return Response.json(session);
  const users = [];
  for (const token of accessTokens) {
    const response = await fetch(`${process.env.COMMUNICATION_ENDPOINT}/identities?api-version=2023-10-01`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
    users.push((await response.json()).identity.id);
  }
  return Response.json({ name: user.name, email: user.email, users });
}
