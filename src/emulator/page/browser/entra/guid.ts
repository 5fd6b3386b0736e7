import type { Fields } from "../controls/form.js";

export function isGuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}

/** Returns the GUID in a field, in lower case. @throws FieldError if there is none. */
export function guidIn(fields: Fields, name: string, what: string): string {
  const text = fields.text(name).toLowerCase();
  if (!isGuid(text)) fields.refuse(name, `Enter the ${what}, a GUID.`);
  return text;
}
