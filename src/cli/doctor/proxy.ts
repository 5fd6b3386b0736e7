import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { decodeCredential } from "../../pipeline/proxyCredentials.node.js";
import { sharedProxyPolicy } from "../../pipeline/proxyPolicy.node.js";
import { assignmentInWords } from "../../shared/shells.js";
import { type Check, hostOf, isLoopback, Problem, portOf } from "./check.js";

/** Returns the proxy that the client's policy chooses from HTTPS_PROXY, NO_PROXY and others. */
export async function proxyOf(endpoint: URL): Promise<URL | undefined> {
  // The client doesn't use the environment's proxy for a loopback host.
  if (isLoopback(endpoint)) return undefined;
  const request = createPipelineRequest({ url: endpoint.href });
  await sharedProxyPolicy({}).sendRequest(request, async () => ({
    request,
    status: 200,
    headers: createHttpHeaders(),
  }));
  return (request.agent as { readonly proxy?: URL } | undefined)?.proxy;
}

export const proxyCheck: Check = {
  name: "Proxy",
  async run({ endpoint, proxy }) {
    if (!proxy) return isLoopback(endpoint) ? undefined : "none is configured";
    if (endpoint.protocol === "https:") (await openTunnel(endpoint, proxy)).destroy();
    return proxy.host;
  },
};

const limitInMs = 10_000;

/** Opens a connection to the endpoint through the proxy. @throws Problem when the proxy refuses or doesn't answer. */
export function openTunnel(endpoint: URL, proxy: URL): Promise<Socket> {
  const target = `${endpoint.hostname}:${portOf(endpoint)}`;
  const credentials = `${decodeCredential(proxy.username)}:${decodeCredential(proxy.password)}`;
  const request = (proxy.protocol === "https:" ? https : http).request({
    host: hostOf(proxy),
    port: portOf(proxy),
    method: "CONNECT",
    path: target,
    headers: {
      Host: target,
      ...(proxy.username && {
        "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
      }),
    },
  });
  // A proxy that sends a byte now and then is never idle.
  const timer = setTimeout(
    () => request.destroy(new Error(`no answer within ${limitInMs / 1000} seconds`)),
    limitInMs,
  );
  request.once("close", () => clearTimeout(timer));
  return new Promise((resolve, reject) => {
    const refused = (cause: string, status?: number) => {
      request.destroy();
      const bypass = `or bypass the proxy: ${assignmentInWords("NO_PROXY", endpoint.hostname, process.platform)}`;
      reject(
        new Problem(
          `The proxy ${proxy.host} ${cause}`,
          status === 407
            ? `Put the proxy's user name and password into HTTPS_PROXY, ${bypass}`
            : `Ask who runs the proxy to allow ${target}, ${bypass}`,
        ),
      );
    };
    request.on("connect", ({ statusCode }, socket) => {
      clearTimeout(timer);
      if (statusCode === 200) resolve(socket);
      else refused(`refuses the connection with ${statusCode}`, statusCode);
    });
    // A proxy that doesn't support CONNECT responds as it does to any request.
    request.on("response", ({ statusCode }) =>
      refused(`refuses the connection with ${statusCode}`, statusCode),
    );
    request.on("error", (error) => refused(`can't be used: ${error.message}`));
    request.end();
  });
}
