// Generated from spec/ by npm run generate. Do not edit.
// SHA-256 of the spec sources: e69b2993eecc04d4f122a0381f498c8aae8337bd974444e485ca569600069b69

/** The path segments that an id follows, as in `/identities/{id}`. Logs and traces leave out what comes after them. */
export const idSegments: readonly string[] = ["identities", "tenants", "assignments"];
