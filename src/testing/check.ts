/** Not for what runs a million times: the message is made each time. @throws TypeError when the condition does not hold. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TypeError(message);
}
