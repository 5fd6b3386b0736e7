// docs/operating.md says that msw doesn't see what undici sends. If that changes, the page must change, too.
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { okUser } from "../../faults/servers/identityReplies.js";
import { startFaultServer } from "../../helpers/transport/servers.js";
import { testKey } from "../../helpers/values.js";

it("msw intercepts node:http but not undici", async () => {
  const server = await startFaultServer(okUser());
  const connectionString = `endpoint=${server.url};accesskey=${testKey}`;
  const refuseAll = setupServer(http.all("*", () => new HttpResponse(null, { status: 418 })));
  refuseAll.listen();
  try {
    const usual = new CommunicationIdentityClient(connectionString);
    await expect(usual.createUser()).rejects.toMatchObject({ statusCode: 418 });
    expect(server.requests).toEqual([]);
    const overUndici = new CommunicationIdentityClient(connectionString, {
      httpClient: createUndiciHttpClient(),
    });
    await overUndici.createUser();
    expect(server.requests.length).toBe(1);
  } finally {
    refuseAll.close();
  }
});
