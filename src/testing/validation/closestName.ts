/**
 * Returns the candidate that a word is a misspelling of: at most two letters were added, dropped or replaced, or two were
 * swapped. Capitals don't count. A candidate of one letter must be right, and one of three can be wrong in one letter only.
 */
export function closestName(word: string, candidates: readonly string[]): string | undefined {
  const isWithin = (edits: number) => (candidate: string) =>
    edits * 2 <= candidate.length && isClose(word.toLowerCase(), candidate.toLowerCase(), edits);
  return candidates.find(isWithin(0)) ?? candidates.find(isWithin(1)) ?? candidates.find(isWithin(2));
}

function isClose(one: string, other: string, edits: number): boolean {
  if (one === other) return true;
  if (edits === 0) return false;
  if (one[0] === other[0]) return isClose(one.slice(1), other.slice(1), edits);
  const [rest, otherRest] = [one.slice(1), other.slice(1)];
  return [
    [rest, other],
    [one, otherRest],
    [rest, otherRest],
  ].some(([a = "", b = ""]) => isClose(a, b, edits - 1));
}
