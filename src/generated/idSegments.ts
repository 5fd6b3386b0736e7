// Generated from spec by npm run generate. Do not edit.

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
