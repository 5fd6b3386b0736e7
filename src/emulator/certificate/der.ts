// DER (ITU-T X.690), as far as a certificate and a trust store need it. Node can't write it, and each library that can is
// larger than the rest of the emulator.

export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), encodedLength(content), content]);
}

/** Writes a length of up to 127 in one byte, and a longer one after the number of its bytes. */
function encodedLength({ length }: Buffer): Buffer {
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return length < 0x80 ? bytes : Buffer.of(0x80 + bytes.length, ...bytes);
}

/** @param hex - The encoded identifier. */
export function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

export function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

export function set(...contents: readonly Buffer[]): Buffer {
  return der(0x31, ...contents);
}

export function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return der(0x03, Buffer.of(unusedBits), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return der(0x04, bytes);
}

export function utf8(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

/** Writes a UTCTime, whose year has two digits. */
export function time(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/\D/g, "")}Z`));
}

/** Adds the tag `[number]` around content. */
export function tagged(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content);
}
