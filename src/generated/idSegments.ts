// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: fad532a5277d6d32c5fc4f97d737c70a4a3db658f2565ace2a69001dbab5bfe3

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
