import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../../admin/models.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";

/** Returns the directory once it is read, for the names of its ids. Without it, ids stay without names. */
export function useDirectory(isNeeded: boolean): EntraDirectory | undefined {
  const [directory, setDirectory] = useState<EntraDirectory>();
  useRead({ read: isNeeded ? adminApi.entra : undefined, show: setDirectory, fail: () => {} }, [isNeeded]);
  return directory;
}
