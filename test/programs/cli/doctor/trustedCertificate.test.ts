import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { acsIdentity, type Run, withMarks } from "../../../helpers/cli/command.js";
import { authority, startTls } from "../../../helpers/cli/situations.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { startProxy } from "../../../helpers/transport/proxyServer.js";

const folder = temporaryFolder(afterAll);
const NODE_EXTRA_CA_CERTS = join(folder, "ca.pem");
writeFileSync(NODE_EXTRA_CA_CERTS, authority.identity.cert);

describe("doctor with @azure/identity in a process that trusts an authority", () => {
  it("signs in with its environment variables", async () => {
    const { service, url } = await startTls();
    const { tenantId, clientId, clientSecret, authorityHost } = service.entra;
    const variables = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
      AZURE_AUTHORITY_HOST: authorityHost,
      NODE_EXTRA_CA_CERTS,
    };
    const signIn = (environment: Run["environment"] = {}) =>
      acsIdentity(["doctor", "--endpoint", url], { environment: { ...variables, ...environment } });
    const { code, out } = await signIn();
    expect({ code, last: withMarks(out).trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: `✓ Entra ID token: application ${clientId} of tenant ${tenantId} may use the resource`,
    });
    const { port, targets } = await startProxy();
    const unknownTenant = await signIn({
      AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
      AZURE_AUTHORITY_HOST: `${authorityHost}/`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    });
    expect(withMarks(unknownTenant.out)).toMatch(
      /: AADSTS90002: Tenant .+\n {2}→ This authority is an emulator's: .+ page, https:/,
    );
    // The library's request, the doctor's look at the proxy, and its own request.
    expect(targets).toEqual(Array(3).fill(new URL(url).host));
  });
});
