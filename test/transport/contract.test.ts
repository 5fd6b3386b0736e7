import { describe, expect, it } from "vitest";
import { makeCertificates } from "../helpers/certificates.js";
import { cases, labFor } from "./contract.js";
import { makeSubjects } from "./subjects.js";

const certificates = makeCertificates();

function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no end")), milliseconds)),
  ]);
}

for (const subject of makeSubjects()) {
  describe(`the transport ${subject.name}`, () => {
    for (const { name, run, except } of cases) {
      const reason = except?.[subject.name];
      if (reason) {
        it(`doesn't pass (${reason}): ${name}`, async () => {
          await expect(within(1500, run(labFor(subject, certificates)))).rejects.toThrow();
        });
      } else {
        it(name, () => run(labFor(subject, certificates)));
      }
    }
  });
}
