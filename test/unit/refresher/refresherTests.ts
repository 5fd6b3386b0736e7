import type { createTokenRefresher } from "acs-identity/refresher";
import { describe } from "vitest";
import { endCases } from "./cases/ends.js";
import { failureCases } from "./cases/failures.js";
import { pageCases } from "./cases/pages.js";
import { renewalCases } from "./cases/renewal.js";
import { retryCases } from "./cases/retry.js";
import { sleepCases } from "./cases/sleep.js";
import { useLab } from "./lab.js";

/** Defines the tests of the refresher, which run on every runtime. */
export function refresherTests(create: typeof createTokenRefresher): void {
  describe("the token refresher", () => {
    useLab(create);
    renewalCases();
    failureCases();
    retryCases();
    sleepCases();
    pageCases();
    endCases(create);
  });
}
