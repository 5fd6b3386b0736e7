/** Returns where the help page explains an error, such as `/help#identitynotowned`. Undefined for other responses. */
export function troubleshootingOf({ topic }: { readonly topic?: string }): string | undefined {
  return topic && `/help#${topic}`;
}
