/** The version of this package, sent in the user agent. A test compares it with package.json. */
export const packageVersion = "1.0.0-beta.1";
