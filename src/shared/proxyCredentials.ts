/** Returns the credentials that the agent of a request sends in `Proxy-Authorization`, or `""` if it sends none. */
export function proxyCredentialsOf({ agent }: { readonly agent?: unknown }): string {
  const { proxy } = (agent ?? {}) as { proxy?: unknown };
  return proxy instanceof URL ? basicCredentials(proxy) : "";
}

/** Encodes the user name and the password of a proxy's URL for the Basic scheme; `""` if it has neither. */
export function basicCredentials({ username, password }: URL): string {
  const credentials = `${decodeCredential(username)}:${decodeCredential(password)}`;
  return credentials === ":" ? "" : btoa(String.fromCharCode(...new TextEncoder().encode(credentials)));
}

/** Decodes percent-encoding, but keeps a literal `%`, which people write in passwords. */
export function decodeCredential(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
