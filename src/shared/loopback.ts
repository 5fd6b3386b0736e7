/** Tells whether a host is 127.0.0.0/8, `[::1]`, `localhost` or `*.localhost`, which are reached without a network. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
