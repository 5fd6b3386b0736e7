import { check } from "./check.js";

/** @throws TypeError if the value isn't an object or has an unknown member, such as a misspelt one. */
export function checkMembers(value: unknown, known: readonly string[], name: string): void {
  check(
    typeof value === "object" && value && Object.keys(value).every((member) => known.includes(member)),
    // The message doesn't name unknown members, because one may be a secret in the wrong place.
    `${name} must be an object with only the members ${known.join(", ")}`,
  );
}
