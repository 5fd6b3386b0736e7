import { check } from "./check.js";

/** @throws TypeError when the value isn't an object, or has a member that no one reads: it may be misspelt. */
export function checkMembers(value: unknown, known: readonly string[], name: string): void {
  check(
    typeof value === "object" && value && Object.keys(value).every((member) => known.includes(member)),
    // What else there is, is not named: it may be a secret in the wrong place.
    `${name} must be an object with no other members than ${known.join(", ")}`,
  );
}
