// @vitest-environment happy-dom
import { fireEvent, within } from "@testing-library/preact";
import { expect, it } from "vitest";
import { click, dialog, openPage, Refusal, settle, userOf } from "../openPage.js";

it("the scopes of a token that the service refused aren't chosen again the next time", async () => {
  const { id } = userOf();
  await openPage("users", {
    users: [userOf({ customId: "alice" })],
    answers: { [`POST /users/${encodeURIComponent(id)}/tokens`]: new Refusal(400, { message: "No chat" }) },
  });
  const chat = () => within(dialog()).getByLabelText<HTMLInputElement>("chat");
  await click("Issue token for user alice");
  fireEvent.click(chat());
  await click("Issue token", dialog());
  expect(dialog().textContent).toContain("No chat");
  await click("Cancel", dialog());
  await click("Issue token for user alice");
  expect(chat().checked).toBe(false);
});

it("the usual scope gives way to the one that is chosen first, and can be chosen, too", async () => {
  await openPage("users", { users: [userOf({ customId: "alice" })] });
  await click("Issue token for user alice");
  // What other tests have chosen is still chosen.
  for (const each of within(dialog()).getAllByRole<HTMLInputElement>("checkbox"))
    if (each.checked !== (each.value === "voip")) fireEvent.click(each);
  await click("Issue token", dialog());
  await click("Issue token for user alice");
  const box = (scope: string) => within(dialog()).getByLabelText<HTMLInputElement>(scope);
  expect(box("voip").checked).toBe(true);
  fireEvent.click(box("chat"));
  expect([box("voip").checked, box("chat").checked]).toEqual([false, true]);
  const hint = () => within(dialog()).queryByText("Only chat is chosen now.");
  await settle();
  expect(hint()).not.toBeNull();
  fireEvent.click(box("voip"));
  await settle();
  expect(hint()).toBeNull();
  expect([box("voip").checked, box("chat").checked]).toEqual([true, true]);
});
