// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: 524d8f1101709d1c5df94c864ad1c0b093a58dc16d433d94b0eea45c9b7f9456

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
