/** Not for hot loops: each call builds its message. @throws TypeError if the condition is false. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TypeError(message);
}

/** @throws the {@link optionError} if the condition is false. */
export function checkOption(condition: unknown, option: string, rule: string): asserts condition {
  if (!condition) throw optionError(option, rule);
}

/** Creates a TypeError whose `option` is the option's name, such as `tls.cert`. The command names its flag instead. */
export function optionError(option: string, rule: string): TypeError {
  return Object.assign(new TypeError(`${option} ${rule}`), { option });
}

/** Returns whether a text is a GUID in lower case. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
