/**
 * Creates the error for a response that came from a proxy instead of the service. A 5xx means that the proxy couldn't
 * connect, which may be transient.
 */
export function proxyRefusal(status: number): Error & { readonly code: string } {
  const reason = status === 407 ? ": it requires credentials" : "";
  const code = status >= 500 ? "ECONNREFUSED" : "PROXY_REFUSED";
  return Object.assign(new Error(`The proxy refused the connection with status ${status}${reason}.`), {
    code,
  });
}
