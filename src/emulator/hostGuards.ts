import { isIP } from "node:net";
import type { RequestHead } from "../testing/wire/wire.js";
import { hostName, isOnlyForThisMachine } from "./options/hosts.js";

/**
 * Names that no public name server knows, so that a stranger can't have one: without a dot, in a domain that is reserved
 * for private networks or tests, of a Kubernetes cluster, or in a network of containers such as `app_default` (a public
 * domain has no underscore at its end).
 */
const privateName = /^[^.]+$|\.(?:internal|test|home\.arpa|svc\.cluster\.local|[^._]*_[^.]*)$/;
/** What Docker and Podman call the machine, whose loopback they may lead to. */
const namesOfThisMachine = ["host.docker.internal", "host.containers.internal"];
const waysOut = `Use localhost, an IP address, ${namesOfThisMachine.join(" or ")} or, if the emulator was started with --host for other machines, any name without a dot or under internal, test, home.arpa or svc.cluster.local. --allow-host lets clients sign in under another name`;

/**
 * Returns why a request may not use what asks for no key, or undefined if it may: the admin API, the page and the
 * sign-in endpoints. A web page could reach them through a host name of its own that resolves to this machine (DNS
 * rebinding), but not through an IP address or `localhost`. Private names are up to the name server of this machine's
 * network, so they count only if the emulator is there for other machines, such as containers.
 * @param ownHost - The host that the emulator was told to listen on.
 * @param allowedHosts - Further names, which the user vouches for.
 */
export function hostRefusal(
  head: RequestHead,
  ownHost: string,
  allowedHosts: readonly string[] = [],
): string | undefined {
  const isServed = (name: string) =>
    allowedHosts.includes(name) ||
    isOwnName(name, ownHost) ||
    (isOnlyForThisMachine(ownHost) ? namesOfThisMachine.includes(name) : privateName.test(name));
  const foreign = foreignHost(head, isServed);
  return foreign === undefined
    ? undefined
    : `The Host ${JSON.stringify(foreign.slice(0, 100))} isn't this emulator's. ${waysOut}`;
}

/**
 * Like `hostRefusal`, for what pages of other origins must not use: the admin API. What a browser may have sent has no private
 * name, either, except that of the emulator's host. Over plain http, only its user agent tells a page's GET to its own origin.
 */
export function adminRefusal(head: RequestHead, ownHost: string): string | undefined {
  const { headers, host, scheme } = head;
  const [origin, site, agent] = ["origin", "sec-fetch-site", "user-agent"].map((name) => headers.get(name));
  const isPrograms = origin === undefined && site === undefined && !agent?.startsWith("Mozilla/");
  const refused = hostRefusal(head, ownHost);
  if (refused) return refused;
  if (!isPrograms && foreignHost(head, (name) => isOwnName(name, ownHost)) !== undefined) {
    return "Requests that a browser may have sent need a URL with an IP address, localhost or the name of --host";
  }
  if (origin !== undefined && origin !== `${scheme}://${host.toLowerCase()}`) {
    return "The Origin isn't the emulator's own";
  }
  if (site === "cross-site" || site === "same-site") {
    return "The request comes from a page of another origin";
  }
  return undefined;
}

/** Returns the host that a request names, in its header or its target, if it isn't served. */
function foreignHost(
  { host, targetHost = host }: RequestHead,
  isServed: (name: string) => boolean,
): string | undefined {
  return [host, targetHost].find((each) => {
    const name = hostName(each);
    return !name || !isServed(name);
  });
}

function isOwnName(name: string, ownHost: string): boolean {
  return (
    name === ownHost.toLowerCase() || isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")
  );
}
