// @vitest-environment happy-dom
import { fireEvent, within } from "@testing-library/preact";
import { expect, it } from "vitest";
import { click, dialog, openPage, Refusal, userOf } from "../openPage.js";

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
