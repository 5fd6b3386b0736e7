/** Not for hot loops: each call builds its message. @throws TypeError when the condition is false. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TypeError(message);
}

/** Returns whether a text is a GUID in lower case. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
