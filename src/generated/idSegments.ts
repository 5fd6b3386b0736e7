// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: 362c3acec2b70a9636904849b0409fc95e3c7eedc1bbe9746b857712d1e86a75

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
