/** Returns the error for a proxy's own response. A 5xx means that the proxy couldn't connect, which may be transient. */
export function proxyRefusal(status: number): { readonly message: string; readonly code: string } {
  const reason = status === 407 ? ": it requires credentials" : "";
  const code = status >= 500 ? "ECONNREFUSED" : "PROXY_REFUSED";
  return { message: `The proxy refused the connection with status ${status}${reason}.`, code };
}
