// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: 74bca571028b3bc2bdcac9a4ce52f59e6d1b8527ffc3236db14c0c0e9732e7cd

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
