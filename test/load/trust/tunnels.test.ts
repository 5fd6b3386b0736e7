import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { startServer } from "../../helpers/server.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";
import { userBody } from "../../helpers/values.js";

const program = await bundleProgram("test/load/trust/tunnels/call.ts");

it.each(["http", "https"] as const)(
  "200 clients with 128 open files share the tunnels of a proxy on %s, which don't keep the process alive",
  async (scheme) => {
    const certificates = makeCertificates();
    const folder = temporaryFolder();
    const authority = join(folder, "ca.pem");
    writeFileSync(authority, certificates.ca);
    const server = await startServer(() => ({ status: 201, body: userBody }), { tls: certificates });
    const proxy = await startProxy(scheme === "https" ? certificates : undefined);
    const args = [server.origin, `${scheme}://127.0.0.1`, String(proxy.port), "200"];
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", 'ulimit -n 128; exec "$0" "$@"', process.execPath, program, ...args],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority } },
    );
    expect(JSON.parse(stdout)).toEqual({ succeeded: 200, keepAlive: [] });
    // Eight calls are in flight at a time.
    expect(proxy.targets.length).toBeLessThanOrEqual(8);
  },
);
