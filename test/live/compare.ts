import { type Facts, factsOf, isSame, shown, statusOf } from "./facts.js";
import type { Exchange } from "./side.js";
import type { Case, Step } from "./steps.js";

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

/** What decides an aspect of every answer, whatever the operation. */
function deciderOf(aspect: string, { decidedBy }: Case): string {
  if (/^header (?:access-control|vary)/.test(aspect)) return "src/testing/wire/dispatch.ts";
  if (aspect === "header api-supported-versions") return "src/testing/wire/apiVersion.ts";
  if (aspect.startsWith("header ") && !aspect.startsWith("header content-type"))
    return "src/testing/serviceTable.ts";
  if (aspect === "token signature") return "src/testing/tokens/signingKey.ts";
  return aspect.startsWith("token") ? "src/testing/operations/issueToken.ts" : decidedBy;
}

/** Compares the two answers to one step. */
export function compareStep(current: Case, step: Step, expected: Exchange, seen: Exchange): Difference[] {
  const [own, theirs] = [expected, seen].map((exchange) =>
    step.comparesStatusOnly ? statusOf(factsOf(exchange)) : factsOf(exchange),
  ) as [Facts, Facts];
  const kinds = [own, theirs].map(kindOf);
  // A refusal instead of a success has nothing in common with it, so that is all there is to say.
  if (kinds[0] !== kinds[1]) {
    const [expectedText = "", seenText = ""] = [own, theirs].map(textOf);
    return [{ aspect: "answer", expected: expectedText, seen: seenText, decidedBy: current.decidedBy }];
  }
  const differs = (aspect: string) => own.get(aspect) !== theirs.get(aspect);
  const aspects = [...new Set([...own.keys(), ...theirs.keys()])].filter(
    // What is in a token or a body can't be compared if only one of the two can be read.
    (aspect) =>
      !(differs("token") && aspect.startsWith("token ")) &&
      !(differs("body") && /^(?:body|error)[ .]/.test(aspect)),
  );
  return [...aspects].flatMap((aspect) => {
    const [one, two] = [own.get(aspect) ?? "absent", theirs.get(aspect) ?? "absent"];
    if (isSame(one, two)) return [];
    return [{ aspect, expected: shown(one), seen: shown(two), decidedBy: deciderOf(aspect, current) }];
  });
}

function kindOf(facts: Facts): string {
  const status = facts.get("status");
  return status === undefined ? "none" : status < "400" ? "success" : "error";
}

function textOf(facts: Facts): string {
  const status = facts.get("status");
  return status === undefined ? "no answer" : [status, facts.get("error.code")].filter(Boolean).join(" ");
}

/** A difference with the cases that show it. */
export interface Finding extends Difference {
  readonly cases: readonly string[];
}

/** Returns each difference once, however many cases show it. */
export function findingsOf(outcomes: readonly Outcome[]): Finding[] {
  const findings = new Map<string, Difference & { cases: string[] }>();
  for (const { name, differences } of outcomes) {
    for (const difference of differences) {
      const { aspect, expected, seen, decidedBy } = difference;
      // What decides it matters only where the cases have different operations behind them.
      const key = JSON.stringify([aspect, expected, seen, decidedBy]);
      const finding = findings.get(key) ?? { ...difference, cases: [] };
      if (finding.cases.at(-1) !== name) finding.cases.push(name);
      findings.set(key, finding);
    }
  }
  return [...findings.values()];
}
