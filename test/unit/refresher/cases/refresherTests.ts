import type { createTokenRefresher } from "acs-identity/refresher";
import { describe } from "vitest";
import { useLab } from "../../../helpers/refresher/lab.js";
import { endCases } from "./ends.js";
import { failureCases } from "./failures.js";
import { pageCases } from "./pages.js";
import { renewalCases } from "./renewal.js";
import { retryCases } from "./retry.js";
import { sleepCases } from "./sleep.js";

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
