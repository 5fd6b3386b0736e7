/** The version of this package, sent in the user agent. A test holds it equal to package.json. */
export const packageVersion = "1.0.0-beta.1";
