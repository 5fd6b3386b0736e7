// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: 74bca571028b3bc2bdcac9a4ce52f59e6d1b8527ffc3236db14c0c0e9732e7cd

/** A version of the service's API that this package knows. */
export type ApiVersion =
  | "2021-03-07"
  | "2022-06-01"
  | "2022-10-01"
  | "2023-10-01"
  | "2025-03-02-preview"
  | "2025-06-30"
  | "2026-07-22"
  | "2026-09-23";

/** Every one of them, oldest first. */
export const apiVersions: readonly ApiVersion[] = [
  "2021-03-07",
  "2022-06-01",
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-07-22",
  "2026-09-23",
];

export const newestApiVersion: ApiVersion = "2026-09-23";
