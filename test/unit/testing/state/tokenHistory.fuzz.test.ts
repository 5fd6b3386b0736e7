import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { deleteUser, makeToken, makeUser, revokeTokens } from "../../../helpers/testing/ask.js";
import { decode } from "../entra/form.js";

describe("in any order of issuing, revoking, deleting, resetting, saving and restoring, here or in another service", () => {
  it("a token is valid exactly if its state is the current one and nobody revoked it, and no number comes twice", async () => {
    const names = [
      "create",
      "issue",
      "issue",
      "revoke",
      "delete",
      "reset",
      "save",
      "restore",
      "move",
    ] as const;
    const steps = fc.array(
      fc.record({
        step: fc.constantFrom(...names),
        which: fc.nat(3),
      }),
      { minLength: 5, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        let service = createFakeIdentityService();
        // What should be: the tokens of each user that are valid.
        let model = new Map<string, Set<string>>();
        const saved: { snapshot: ReturnType<typeof service.snapshot>; model: typeof model }[] = [];
        const all: string[] = [];
        for (const { step, which } of sequence) {
          const user = [...model.keys()][which % Math.max(1, model.size)];
          if (step === "create") model.set(await makeUser(service), new Set());
          if (step === "issue" && user) {
            const token = await makeToken(service, user);
            all.push(token);
            model.get(user)?.add(token);
          }
          if (step === "revoke" && user) {
            await revokeTokens(service, user);
            model.get(user)?.clear();
          }
          if (step === "delete" && user) {
            await deleteUser(service, user);
            model.delete(user);
          }
          if (step === "reset") {
            service.reset();
            model.clear();
          }
          if (step === "move") {
            const other = createFakeIdentityService();
            other.restore(JSON.parse(JSON.stringify(snapshotContent(service))));
            service = other;
          }
          const copy = (given: typeof model) => new Map([...given].map(([key, set]) => [key, new Set(set)]));
          if (step === "save") saved.push({ snapshot: snapshotContent(service), model: copy(model) });
          const earlier = saved[which % Math.max(1, saved.length)];
          if (step === "restore" && earlier) {
            service.restore(earlier.snapshot);
            model = copy(earlier.model);
          }
        }
        const valid = new Set([...model.values()].flatMap((tokens) => [...tokens]));
        for (const token of all) {
          const { problem } = await service.inspectToken(token);
          expect(problem ?? "none").toMatch(valid.has(token) ? "none" : /^(?:revoked|userDeleted)$/);
        }
        expect(new Set(all.map((token) => decode(token).jti)).size).toBe(all.length);
      }),
      { numRuns: 40 },
    );
  });
});
