/** Returns `""`: browsers and edge runtimes connect to proxies themselves. */
export function proxyCredentialsOf(_request: unknown): string {
  return "";
}
