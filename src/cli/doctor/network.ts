import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { shellLinesInWords } from "../../emulator/environment/shells.js";
import { emulatorHint } from "../../shared/emulatorHint.js";
import { suggestion } from "../parse.js";
import {
  type Check,
  type Findings,
  hasLoopbackHost,
  hostOf,
  Problem,
  type ProxySetting,
  portOf,
} from "./check.js";

const timeoutInMs = 10_000;
const whatToCheck = "Check the port of the endpoint, and whether a firewall refuses the connection";

export const checkName: Check = async ({ endpoint, proxy }) => {
  // With a proxy, it's the proxy that looks up the endpoint's name.
  const host = hostOf(proxy?.url ?? endpoint);
  try {
    const { address } = await lookup(host);
    return address === host ? undefined : `${host} is ${address}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAI_AGAIN") {
      throw new Problem(
        `The name server didn't respond for ${host} (${code})`,
        "Check the network and the name server of this machine",
      );
    }
    if (proxy) {
      throw new Problem(
        `There is no host ${host}, the proxy of ${proxy.variable} (${code})`,
        correctProxy(endpoint, proxy),
      );
    }
    throw new Problem(
      `There is no host ${host} (${code})${suffixHint(host)}`,
      "Check the spelling of the endpoint. A deleted resource has no host either",
    );
  }
};

export const checkConnection: Check = async (findings) => {
  const target = findings.proxy?.url ?? findings.endpoint;
  const socket = await openConnection(findings);
  socket.destroy();
  return `${hostOf(target)} accepts connections on port ${portOf(target)}`;
};

/**
 * Connects to the proxy or, without one, to the endpoint.
 * @throws Problem if the connection fails or isn't established within 10 seconds.
 */
export function openConnection({ endpoint, proxy }: Findings): Promise<Socket> {
  const target = proxy?.url ?? endpoint;
  const whose = proxy ? `, the proxy of ${proxy.variable}` : "";
  const address = `${hostOf(target)}, port ${portOf(target)}${whose}`;
  const socket = connect({ host: hostOf(target), port: portOf(target), timeout: timeoutInMs });
  return new Promise((resolve, reject) => {
    const fail = (cause: string, remedy: string) => {
      socket.destroy();
      reject(new Problem(cause, proxy ? correctProxy(endpoint, proxy) : remedy));
    };
    socket.once("connect", () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once("timeout", () =>
      fail(`No response from ${address} within ${timeoutInMs / 1000} seconds`, "Does a firewall block it?"),
    );
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED")
        fail(
          `Nothing listens on ${address} (${code})`,
          hasLoopbackHost(endpoint) ? emulatorHint(endpoint) : whatToCheck,
        );
      else fail(`No connection to ${address} (${code})`, "Check the network of this machine");
    });
  });
}

/** Returns what to do about a proxy that can't be used. */
export function correctProxy(endpoint: URL, { variable }: ProxySetting): string {
  return `Start the proxy or correct ${variable}. If this machine needs none, unset ${variable}, or ${bypass(endpoint)}`;
}

/** Returns how to do without the proxy for this endpoint alone. */
export function bypass({ hostname }: URL): string {
  const { NO_PROXY, no_proxy } = process.env;
  const hosts = [NO_PROXY || no_proxy, hostname].filter(Boolean).join(",");
  return `bypass it for this host: ${shellLinesInWords("NO_PROXY", hosts, process.platform)}`;
}

const azureSuffix = ".communication.azure.com";

/** Suggests the usual host of a resource if this one's suffix is nearly the same. */
function suffixHint(host: string): string {
  const [resource = "", ...rest] = host.split(".");
  const ending = `.${rest.join(".")}`;
  return ending === azureSuffix ? "" : suggestion(ending, [azureSuffix], resource);
}
