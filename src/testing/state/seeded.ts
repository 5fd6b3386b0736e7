/**
 * Returns 16 pseudorandom bytes that depend on the seed and counter only, so the order of other events
 * can't change them. Not for secrets.
 */
export function seededBytes(seed: string, counter: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const text = `${seed}/${counter}`;
  for (let word = 0; word < 4; word++) view.setUint32(word * 4, mix(text, word * 0x9e3779b1));
  return bytes;
}

/** Returns a version 4 UUID made of `seededBytes`. */
export function seededGuid(seed: string, counter: number): string {
  const bytes = seededBytes(seed, counter);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // Joined, because a concatenated string also keeps its parts in memory.
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Hashes with FNV-1a and then MurmurHash3's finalizer, so that consecutive counters give unrelated values. */
function mix(text: string, start: number): number {
  let hash = (0x811c9dc5 ^ start) >>> 0;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
