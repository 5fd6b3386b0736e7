import { argumentError } from "../errors.js";
import { closestName } from "../shared/closestName.js";

/** A test compares these names with the types. */
export const clientOptionNames: readonly string[] = (
  "apiVersion loggingOptions clockCorrection httpClient allowInsecureConnection additionalPolicies retryOptions " +
  "proxyOptions agent tlsOptions redirectOptions userAgentOptions telemetryOptions"
).split(" ");

/** The options of all methods. */
export const methodOptionNames: readonly string[] = (
  "abortSignal requestOptions tracingOptions onResponse serializerOptions tokenExpiresInMinutes customId " +
  "teamsUserAadToken clientId userObjectId"
).split(" ");

/** Names that people remember from the wire or from other libraries. */
const otherExpiryNames = /^(?:tokenE|e)xpiresIn(?:Minutes)?$/;

/**
 * The official client ignores a misspelled option, for example tokenExpiresInMinute, and the token is valid for a day.
 *
 * @throws TypeError for a misspelled option. Other unknown members are ignored.
 */
export function checkOptionNames(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options).filter((each) => !known.includes(each))) {
    const meant = closestName(otherExpiryNames.test(name) ? "tokenExpiresInMinutes" : name, known, 5);
    if (meant) throw argumentError(`Unknown option ${name}. Did you mean ${meant}?`);
  }
}
