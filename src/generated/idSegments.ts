// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: 524d8f1101709d1c5df94c864ad1c0b093a58dc16d433d94b0eea45c9b7f9456

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
