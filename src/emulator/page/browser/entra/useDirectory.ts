import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../../admin/models.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";

/** Returns the directory once it is read, for the names of its ids. Without it, ids stay without names. */
export function useDirectory(isNeeded: boolean): EntraDirectory | undefined {
  const [directory, setDirectory] = useState<EntraDirectory>();
  const { stateRevision } = useSignal(usePage().emulator.info) ?? {};
  useRead({ read: isNeeded ? adminApi.entra : undefined, show: setDirectory, fail: () => {} }, [
    isNeeded,
    stateRevision,
  ]);
  return directory;
}
