import type { DirectoryUser } from "../../../../testing/state/entries/principals.js";
import type { EntraDirectory } from "../../../admin/models.js";

/** Returns the name of whatever has this id, or undefined if there is none. */
export function knownName(directory: EntraDirectory, id: string): string | undefined {
  const { applications, groups, tenantId, users } = directory;
  const user = users.find(({ objectId }) => objectId === id);
  const other = [...applications, ...groups].find(
    (each) => each.objectId === id || ("clientId" in each && each.clientId === id),
  );
  return user ? fullName(user) : (other?.name ?? (id === tenantId ? "the emulator's tenant" : undefined));
}

/** Returns the name of whatever has this id, or the id. */
export function nameById(directory: EntraDirectory, id: string): string {
  return knownName(directory, id) ?? id;
}

/** Returns the name to show with the name to sign in with, unless they are the same. */
export function fullName({
  name,
  username = name,
}: Pick<DirectoryUser, "name"> & Partial<DirectoryUser>): string {
  return name === username ? name : `${name} (${username})`;
}
