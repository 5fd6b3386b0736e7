/** Returns every form in which a text may be hidden in another: as it is, in URLs, in JSON, in base64 and in hex. */
function formsOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret);
  const forms = new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    ...base64Forms(bytes),
  ]);
  // A key is the base64 of its bytes, which may occur on their own.
  const decoded = Buffer.from(secret, "base64");
  if (decoded.length >= 16 && decoded.toString("base64") === secret) {
    forms.add(decoded.toString("hex"));
    for (const form of base64Forms(decoded)) forms.add(form);
  }
  return forms;
}

/** The part of each base64 of a text with these bytes that is the same whatever comes before and after. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = text.slice(start, end);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/**
 * Checks a text that leaves this machine.
 *
 * @throws Error that names the kind of the secret and not the secret.
 */
export function assertHoldsNone(text: string, secrets: ReadonlyMap<string, string>): void {
  const lower = text.toLowerCase();
  for (const [secret, kind] of secrets) {
    for (const form of formsOf(secret)) {
      // Host names and ids in capitals are still host names and ids.
      if (form.length >= 6 && lower.includes(form.toLowerCase())) {
        throw new Error(`The text holds ${kind} of the resource, so it isn't written`);
      }
    }
  }
}
