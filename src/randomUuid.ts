/** A version 4 UUID. Browsers offer `crypto.randomUUID` on secure pages only; an id of a request need not be a secret. */
export function randomUuid(): string {
  return (
    crypto.randomUUID?.() ??
    "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".replace(/x/g, () => Math.floor(Math.random() * 16).toString(16))
  );
}
