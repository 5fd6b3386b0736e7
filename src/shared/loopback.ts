/** Tells by its name whether a host is 127.0.0.0/8, `[::1]`, `localhost` or `*.localhost`. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
