import { closestName } from "../testing/closestName.js";

/** Returns `. Did you mean …?` with the candidate that the word is a misspelling of, or "" if there is none. */
export function suggestion(word: string, candidates: readonly string[], prefix = ""): string {
  const closest = closestName(word, candidates);
  return closest ? `. Did you mean ${prefix}${closest}?` : "";
}
