/** A version 4 UUID. Browsers offer `crypto.randomUUID` on secure pages only. */
export function randomUuid(): string {
  return crypto.randomUUID?.() ?? formatUuid(crypto.getRandomValues(new Uint8Array(16)));
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");
}
