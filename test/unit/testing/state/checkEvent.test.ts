import { expect, it } from "vitest";
import { checkEvent } from "../../../../src/testing/state/checkEvent.js";

const regenerated = { type: "accessKeyRegenerated", keyType: "primary", key: "AA==", upTo: 1, at: 1 };

it("checkEvent returns a valid event as it is", () => {
  expect(checkEvent(regenerated)).toBe(regenerated);
});

it.each([
  [null, 'There is no event of the type "undefined"'],
  [{ type: "x".repeat(41) }, `There is no event of the type "${"x".repeat(40)}"`],
  [{ ...regenerated, key: "" }, "The member key of accessKeyRegenerated must be base64"],
  [{ ...regenerated, key: "%" }, "The member key of accessKeyRegenerated must be base64"],
  [{ ...regenerated, key: 1234 }, "The member key of accessKeyRegenerated must be base64"],
  [{ ...regenerated, more: 1 }, "An event accessKeyRegenerated has an unknown member"],
  [{ type: "assignmentDeleted", tenantId: "a" }, "The member objectId of assignmentDeleted must be a string"],
])("checkEvent refuses %j: %s", (value, message) => {
  expect(() => checkEvent(value)).toThrow(expect.objectContaining({ name: "TypeError", message }));
});
