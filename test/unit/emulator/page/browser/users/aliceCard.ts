// A user alice on the page, with tokens in each state.
import { screen, within } from "@testing-library/preact";
import { openPage, tokenOf, userOf } from "../openPage.js";

export const fresh: ReturnType<typeof tokenOf> = tokenOf();
export const soon: typeof fresh = tokenOf({
  number: 6,
  scopes: ["chat"],
  expiresOn: "2030-01-02T10:09:00Z",
});
export const expired: typeof fresh = tokenOf({
  number: 5,
  scopes: ["chat.join"],
  expiresOn: "2030-01-02T09:59:00Z",
});
export const revoked: typeof fresh = tokenOf({
  number: 4,
  scopes: ["voip.join"],
  revokedAt: "2030-01-02T09:59:00Z",
});

export const card = (name = "alice"): HTMLElement => screen.getByRole("listitem", { name: `User ${name}` });
/** The row of the token with these scopes. */
export const row = (scopes: string): HTMLElement =>
  within(card()).getByText(scopes).closest("li") as HTMLElement;

export const openUser = (
  changes: Parameters<typeof userOf>[0],
  more: Parameters<typeof openPage>[1] = {},
): ReturnType<typeof openPage> =>
  openPage("users", { users: [userOf({ customId: "alice", ...changes })], ...more });
