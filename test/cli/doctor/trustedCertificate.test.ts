import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CertificateOptions } from "../../helpers/certificates.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { startProxy } from "../../transport/proxyServer.js";
import { acsIdentity, type Run, withMarks } from "../command.js";
import {
  authority,
  type Call,
  type call,
  itFindsWhatIsWrong,
  start,
  startTls,
  withString,
} from "./situations.js";

const folder = temporaryFolder(afterAll);
const NODE_EXTRA_CA_CERTS = join(folder, "ca.pem");
writeFileSync(NODE_EXTRA_CA_CERTS, authority.identity.cert);

/** An emulator with a certificate of a trusted authority, which has another fault. */
async function withCertificate(options: CertificateOptions): Promise<Call> {
  const { connectionString } = await start({ tls: authority.issue("localhost", options) });
  return withString(connectionString, { NODE_EXTRA_CA_CERTS });
}

/** Runs the doctor in a process of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts. */
const callAlone: typeof call = (run, ...args) => acsIdentity(["doctor", ...args], run);

describe("doctor finds what is wrong with a certificate of a trusted authority", () => {
  itFindsWhatIsWrong(
    [
      {
        name: "the certificate is for another name",
        arrange: () => withCertificate({ names: ["other.example"] }),
        check: "TLS",
        line: /is for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
        remedy: /the name that the certificate has/,
      },
      {
        name: "the certificate has expired",
        arrange: () => withCertificate({ notAfter: new Date(Date.now() - 60_000) }),
        check: "TLS",
        line: /isn't valid now \(CERT_HAS_EXPIRED\)$/,
        remedy: /^Check the clock of this machine/,
      },
    ],
    callAlone,
  );

  it("signs in with its environment variables, to an emulator whose certificate is trusted", async () => {
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
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    });
    expect(withMarks(unknownTenant.out)).toMatch(
      /: AADSTS90002: Tenant .+\n {2}→ This authority is an emulator's/,
    );
    // The library's request, the doctor's look at the proxy, and its own request.
    expect(targets).toEqual(Array(3).fill(new URL(url).host));
    const wrong = await signIn({ AZURE_CLIENT_SECRET: "wrong" });
    expect(withMarks(wrong.out)).toMatch(
      /^✗ Entra ID token: Couldn't get a token: AADSTS7000215: .+\n {2}→ This authority is an emulator's: .+ page, https:/m,
    );
  });
});
