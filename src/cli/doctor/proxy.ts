import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { proxyVariable, sharedProxyPolicy } from "../../pipeline/proxyPolicy.js";
import { basicCredentials } from "../../shared/proxyCredentials.js";
import { proxyRefusal } from "../../shared/proxyRefusal.js";
import { type Check, hasLoopbackHost, hostOf, Problem, type ProxySetting, portOf } from "./check.js";
import { bypass, correctProxy } from "./network.js";
import { proxyRemedies, remedyFor } from "./remedies.js";

/** Returns the proxy that the client uses, which is none for a loopback host. */
export async function findClientProxy(endpoint: URL): Promise<ProxySetting | undefined> {
  return hasLoopbackHost(endpoint) ? undefined : findEnvironmentProxy(endpoint);
}

/** Returns the proxy that core's policy chooses from HTTPS_PROXY, NO_PROXY and others, for any host. */
export async function findEnvironmentProxy({ href }: URL): Promise<ProxySetting | undefined> {
  const request = createPipelineRequest({ url: href });
  await sharedProxyPolicy({})?.sendRequest(request, async () => ({
    request,
    status: 200,
    headers: createHttpHeaders(),
  }));
  const url = (request.agent as { readonly proxy?: URL } | undefined)?.proxy;
  return url && { url, variable: proxyVariable() ?? "HTTPS_PROXY" };
}

export const checkProxy: Check = async ({ endpoint, proxy }) => {
  if (!proxy) return hasLoopbackHost(endpoint) ? undefined : "none is configured";
  if (endpoint.protocol === "https:") (await openTunnel(endpoint, proxy)).destroy();
  return `${proxy.url.host}, of ${proxy.variable}`;
};

const limitInMs = 10_000;

/** Opens a connection to the endpoint through the proxy. @throws Problem if the proxy refuses or doesn't respond. */
export function openTunnel(endpoint: URL, proxy: ProxySetting): Promise<Socket> {
  const { url, variable } = proxy;
  const target = `${endpoint.hostname}:${portOf(endpoint)}`;
  const credentials = basicCredentials(url);
  const request = (url.protocol === "https:" ? https : http).request({
    host: hostOf(url),
    port: portOf(url),
    method: "CONNECT",
    path: target,
    headers: { Host: target, ...(credentials && { "Proxy-Authorization": `Basic ${credentials}` }) },
  });
  // A proxy that sends a byte now and then is never idle.
  const timer = setTimeout(
    () => request.destroy(new Error(`no response within ${limitInMs / 1000} seconds`)),
    limitInMs,
  );
  request.once("close", () => clearTimeout(timer));
  return new Promise((resolve, reject) => {
    const fail = (cause: string, remedy: string) => {
      request.destroy();
      reject(new Problem(`${cause} (${url.host}, of ${variable}, for ${target})`, remedy));
    };
    const refused = (status = 0) => {
      const remedy = remedyFor(proxyRemedies, status === 407 ? "407" : "403") ?? "";
      fail(
        proxyRefusal(status).message.replace(/\.$/, ""),
        hasLoopbackHost(endpoint)
          ? `A proxy can't connect to this machine: ${bypass(endpoint)}`
          : `${remedy.replace("HTTPS_PROXY", variable)}, or ${bypass(endpoint)}`,
      );
    };
    request.on("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else refused(statusCode);
    });
    request.on("error", (error) =>
      fail(`The proxy can't be used: ${error.message}`, correctProxy(endpoint, proxy)),
    );
    request.end();
  });
}
