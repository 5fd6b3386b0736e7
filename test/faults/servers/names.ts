// Makes DNS lookups fail on demand, below the client's real transport.
import dns from "node:dns";
import { vi } from "vitest";

const real = dns.lookup;

type LookupCallback = (error: NodeJS.ErrnoException | null, address?: unknown, family?: number) => void;

/**
 * Makes the first lookups of a host fail, one with each code, and resolves later ones to loopback. The transport
 * reports the code of the lookup, so any network error can be simulated without a network. `count` is the number of
 * lookups. Vitest undoes this before the next test.
 */
export function failLookups(host: string, codes: readonly string[]): { readonly count: number } {
  const left = [...codes];
  let count = 0;
  const replacement = (name: string, options: unknown, callback: LookupCallback): void => {
    if (name !== host) {
      Reflect.apply(real, dns, [name, options, callback]);
      return;
    }
    count++;
    const code = left.shift();
    if (code) {
      const error = Object.assign(new Error(`${code} ${host}`), {
        code,
        syscall: "getaddrinfo",
        hostname: host,
      });
      setImmediate(callback, error);
      return;
    }
    const wantsAll =
      typeof options === "object" && options !== null && "all" in options && options.all === true;
    if (wantsAll) setImmediate(callback, null, [{ address: "127.0.0.1", family: 4 }]);
    else setImmediate(callback, null, "127.0.0.1", 4);
  };
  vi.spyOn(dns, "lookup").mockImplementation(replacement as typeof dns.lookup);
  return {
    get count() {
      return count;
    },
  };
}
