import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { suggestion } from "../suggestion.js";
import { type Check, hostOf, isLoopback, Problem, portOf } from "./check.js";

const timeoutInMs = 10_000;

export const nameCheck: Check = {
  name: "Name look-up",
  async run({ endpoint, proxy }) {
    // With a proxy, it's the proxy that looks up the endpoint's name.
    const host = hostOf(proxy ?? endpoint);
    try {
      const { address } = await lookup(host);
      return address === host ? undefined : `${host} is ${address}`;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAI_AGAIN") {
        throw new Problem(
          `The name server didn't answer for ${host} (${code})`,
          "Check the network and the name server of this machine",
        );
      }
      throw new Problem(
        `There is no host ${host} (${code})${suffixHint(host)}`,
        proxy
          ? "Check the variable HTTPS_PROXY"
          : "Check the spelling of the endpoint. A deleted resource has no host either",
      );
    }
  },
};

export const connectionCheck: Check = {
  name: "Connection",
  async run({ endpoint, proxy }) {
    const target = proxy ?? endpoint;
    const socket = await openConnection(target);
    socket.destroy();
    return `${hostOf(target)} accepts connections on port ${portOf(target)}`;
  },
};

/** @throws Problem when the connection fails or isn't established within 10 seconds. */
export function openConnection(target: URL): Promise<Socket> {
  const address = `${hostOf(target)}, port ${portOf(target)}`;
  const socket = connect({ host: hostOf(target), port: portOf(target), timeout: timeoutInMs });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once("timeout", () => {
      socket.destroy();
      reject(
        new Problem(
          `No answer from ${address} within ${timeoutInMs / 1000} seconds`,
          "Does a firewall block it?",
        ),
      );
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      reject(
        new Problem(
          `Nothing listens on ${address} (${code})`,
          isLoopback(target)
            ? "Start the emulator, and compare the port: npx acs-identity emulator"
            : "Check the port of the endpoint, and whether a firewall refuses the connection",
        ),
      );
    });
  });
}

const azureSuffix = ".communication.azure.com";

/** Suggests the usual host of a resource when this one's suffix is nearly the same. */
function suffixHint(host: string): string {
  const [resource = "", ...rest] = host.split(".");
  const ending = `.${rest.join(".")}`;
  return ending === azureSuffix ? "" : suggestion(ending, [azureSuffix], resource);
}
