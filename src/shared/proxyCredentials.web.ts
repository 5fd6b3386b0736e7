/** A browser keeps the credentials of its proxy to itself. */
export const proxyCredentialsOf = (_request: object): string => "";
