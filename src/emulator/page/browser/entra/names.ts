import type { EntraDirectory } from "../../../admin/models.js";

export type User = EntraDirectory["users"][number];
export type Application = EntraDirectory["applications"][number];

/** Returns the name to show with the name to sign in with, unless they are the same. */
export function fullName({ name, username = name }: Pick<User, "name"> & Partial<User>): string {
  return name === username ? name : `${name} (${username})`;
}
