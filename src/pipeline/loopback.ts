/** 127.0.0.0/8, `[::1]`, `localhost` and `*.localhost`: hosts that no network lies in front of. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
