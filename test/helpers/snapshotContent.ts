import type { FakeIdentityService } from "../../src/testing/index.js";
import type { SnapshotContent } from "../../src/testing/service/snapshot.js";

/** Takes a snapshot and returns its content, which its public type hides. */
export function snapshotContent(service: Pick<FakeIdentityService, "snapshot">): SnapshotContent {
  return service.snapshot() as SnapshotContent;
}

/** Restores a snapshot that was made by hand. */
export function restoreContent(
  service: Pick<FakeIdentityService, "restore">,
  content: SnapshotContent,
): void {
  service.restore(content);
}
