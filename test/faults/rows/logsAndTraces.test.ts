import { tokens } from "../canaries.js";
import type { Lab } from "../lab.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { EntraCredential, issue } from "../servers/entra.js";
import {
  failure,
  okEmpty,
  okToken,
  okUser,
  okUserAndToken,
  user,
  userId,
} from "../servers/identityReplies.js";
import { withHeaders } from "../servers/replies.js";
import type { IdentityClient } from "../subjects.js";

const once = { retryOptions: { maxRetries: 0 } };

async function everyOperation(lab: Lab, client: IdentityClient): Promise<void> {
  await lab.call(() => client.createUser());
  await lab.call(() => client.createUserAndToken(["chat"]));
  await lab.call(() => client.getToken(user, ["chat"]));
  await lab.call(() =>
    client.getTokenForTeamsUser({ teamsUserAadToken: tokens.teams, clientId: "app", userObjectId: "user" }),
  );
  await lab.call(() => client.revokeTokens(user));
  await lab.call(() => client.deleteUser(user));
}

testRows([
  {
    id: "T99",
    injection: "every operation with all log levels on, and responses with cookies and unknown headers",
    bar: "logs no secret, no header that isn't known to be harmless, and no user id",
    async run(lab) {
      lab.needles.set("CANARYCOOKIE", "Set-Cookie").set("CANARYHEADER", "unknown header");
      const extra = "Set-Cookie: session=CANARYCOOKIE\r\nX-Internal: CANARYHEADER\r\n";
      const replies = [okUser(), okUserAndToken(), okToken(), okToken(), okEmpty, okEmpty];
      await everyOperation(
        lab,
        lab.client(await lab.server(replies.map((reply) => withHeaders(reply, extra)))),
      );
      await everyOperation(lab, lab.client(await lab.server(withHeaders(failure(400), extra)), once));
      const tls = { tls: serverIdentity("trusted") };
      await everyOperation(lab, lab.clientWith(await lab.server(replies, tls), new EntraCredential(issue())));
      lab.must("something logged", lab.seen.logs.length > 0);
      const ids = [userId, encodeURIComponent(userId), userId.slice(-36)];
      lab.should("no user id in logs", !lab.seen.logs.some((line) => ids.some((id) => line.includes(id))));
    },
  },
]);
