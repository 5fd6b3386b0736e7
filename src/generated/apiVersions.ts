// Generated from spec by npm run generate. Do not edit.

/** A stable version of the service's API that this package knows. */
export type ApiVersion =
  | "2021-03-07"
  | "2022-06-01"
  | "2022-10-01"
  | "2023-10-01"
  | "2025-06-30"
  | "2026-09-23";

/** A version that the specification describes, previews included. */
export type ServiceVersion = ApiVersion | "2025-03-02-preview";

/** All of them, oldest first. */
export const serviceVersions: readonly ServiceVersion[] = [
  "2021-03-07",
  "2022-06-01",
  "2022-10-01",
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-09-23",
];

export const newestApiVersion: ApiVersion = "2026-09-23";
