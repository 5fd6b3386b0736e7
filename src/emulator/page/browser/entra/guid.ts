import { isGuid } from "../../../../testing/validation/check.js";
import type { Fields } from "../controls/form.js";

/** Returns the GUID in a field, in lower case. @throws FieldError if there is none. */
export function guidIn(fields: Fields, name: string, what: string): string {
  const text = fields.text(name).toLowerCase();
  if (!isGuid(text)) fields.refuse(name, `Enter the ${what}, a GUID.`);
  return text;
}
