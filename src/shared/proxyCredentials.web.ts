/** A browser keeps the credentials of its proxy to itself. */
export function proxyCredentialsOf(_request: object): string {
  return "";
}
