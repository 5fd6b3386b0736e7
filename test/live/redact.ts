/**
 * Checks a text that leaves this machine for secrets: as they are, in URLs, in base64, such as in a token, and in hex.
 *
 * @throws Error that names the kind of the secret and not the secret.
 */
export function assertHoldsNone(text: string, secrets: ReadonlyMap<string, string>): void {
  const lower = text.toLowerCase();
  for (const [secret, kind] of secrets) {
    // A key is the base64 of its bytes, which may occur on their own.
    const forms = [Buffer.from(secret), Buffer.from(secret, "base64")]
      .filter((bytes) => bytes.length >= 6)
      .flatMap((bytes) => [bytes.toString("hex"), ...base64Forms(bytes)]);
    // Host names and ids in capitals are still host names and ids.
    for (const form of [secret, encodeURIComponent(secret), ...forms]) {
      if (form.length >= 6 && lower.includes(form.toLowerCase()))
        throw new Error(`The text holds ${kind} of the resource, so it isn't written`);
    }
  }
}

/** The part of each base64 of a text with these bytes that is the same whatever comes before and after. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const inner = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
