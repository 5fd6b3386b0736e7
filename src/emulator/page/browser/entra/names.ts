import type { DirectoryUser } from "../../../../testing/state/entries/principals.js";
import type { EntraDirectory } from "../../../admin/models.js";

/** Returns the name of whatever has this id, or the id. */
export function nameById(directory: EntraDirectory, id: string): string {
  const { applications, groups, users } = directory;
  const user = users.find(({ objectId }) => objectId === id);
  const other = [...applications, ...groups].find(
    (each) => each.objectId === id || ("clientId" in each && each.clientId === id),
  );
  return user
    ? fullName(user)
    : (other?.name ?? (id === directory.tenantId ? "everybody of the tenant" : id));
}

/** Returns the name to show with the name to sign in with, unless they are the same. */
export function fullName({
  name,
  username = name,
}: Pick<DirectoryUser, "name"> & Partial<DirectoryUser>): string {
  return name === username ? name : `${name} (${username})`;
}
