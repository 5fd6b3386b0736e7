import type { Case, Step } from "./cases.js";
import { afterDate, type Facts, factsOf, statusOf } from "./facts.js";
import type { Exchange } from "./side.js";

/** One thing that the fake does otherwise. */
export interface Difference {
  /** Such as `header ms-cv`. */
  readonly aspect: string;
  readonly expected: string;
  readonly seen: string;
  /** The file of the fake that decides it. */
  readonly decidedBy: string;
}

/** How the comparison of one case ended. */
export interface Outcome {
  readonly name: string;
  /** The statuses of the fake and of the service, for each step that is compared. */
  readonly expected: string;
  readonly seen: string;
  readonly differences: readonly Difference[];
  /** Why it was not run, if it wasn't. */
  readonly notRun?: string;
}

/** A difference with the cases that show it. */
export interface Finding extends Difference {
  readonly cases: readonly string[];
}

/** Compares the two answers to one step. */
export function compareStep(
  current: Pick<Case, "decidedBy">,
  step: Step,
  expected: Exchange,
  seen: Exchange,
): Difference[] {
  const [own, theirs] = [expected, seen].map((exchange) =>
    step.comparesStatusOnly ? statusOf(factsOf(exchange)) : factsOf(exchange),
  ) as [Facts, Facts];
  const differs = (aspect: string) => own.get(aspect) !== theirs.get(aspect);
  // A refusal instead of a success has nothing in common with it, so that is all there is to say.
  if (kindOf(own) !== kindOf(theirs))
    return [
      { aspect: "answer", expected: answerOf(own), seen: answerOf(theirs), decidedBy: current.decidedBy },
    ];
  return [...new Set([...own.keys(), ...theirs.keys()])].flatMap((aspect) => {
    // What is in a token or a body can't be compared if only one of the two can be read.
    if (differs("token") && aspect.startsWith("token ")) return [];
    if (differs("body") && /^(?:body|error)[ .]/.test(aspect)) return [];
    const [one = "absent", two = "absent"] = [own.get(aspect), theirs.get(aspect)];
    const isTime = aspect.endsWith(afterDate);
    // `Date` has no fractions of a second, and both sides take time.
    if (one === two || (isTime && Math.abs(Number(one) - Number(two)) <= 30)) return [];
    const [shownOne, shownTwo] = [one, two].map((value) =>
      isTime ? `${Math.round(Number(value) / 60)} minutes` : value,
    ) as [string, string];
    return [{ aspect, expected: shownOne, seen: shownTwo, decidedBy: deciderOf(aspect, current.decidedBy) }];
  });
}

/** What decides an aspect of every answer, whatever the operation. */
function deciderOf(aspect: string, otherwise: string): string {
  if (/^header (?:access-control|vary)/.test(aspect)) return "src/testing/wire/cors.ts";
  if (aspect.startsWith("header ") && aspect !== "header content-type")
    return "src/testing/operations/serviceResponse.ts";
  return aspect.startsWith("token") ? "src/testing/operations/issueToken.ts" : otherwise;
}

function kindOf(facts: Facts): string {
  const status = facts.get("status");
  return status === undefined ? "none" : status < "400" ? "success" : "error";
}

function answerOf(facts: Facts): string {
  return [facts.get("status") ?? "no answer", facts.get("error.code") ?? ""].join(" ").trim();
}

/** Returns each difference once, however many cases show it. */
export function findingsOf(outcomes: readonly Outcome[]): Finding[] {
  const findings = new Map<string, Difference & { cases: string[] }>();
  for (const { name, differences } of outcomes) {
    for (const difference of differences) {
      const key = JSON.stringify(difference);
      const finding = findings.get(key) ?? { ...difference, cases: [] };
      if (finding.cases.at(-1) !== name) finding.cases.push(name);
      findings.set(key, finding);
    }
  }
  return [...findings.values()];
}
