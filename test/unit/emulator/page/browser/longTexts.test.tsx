// @vitest-environment happy-dom
import { screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { announced, click, directoryOf, openPage, requestOf, userOf } from "./openPage.js";

const long = `${"a long name ".repeat(20)}and its end`;
const short = `${long.slice(0, 64)}…${long.slice(-24)}`;
const length = "All 251 characters";

/** The names of all controls and lists, and the texts of what isn't behind a click. */
function shown(): string[] {
  const names = [...document.querySelectorAll("[aria-label]")].map(
    (each) => each.getAttribute("aria-label") ?? "",
  );
  const texts = [
    ...document.querySelectorAll("h2, h3, strong, summary, option, code, #feedback, [role=status]"),
  ];
  return [...names, ...texts.map(({ textContent }) => textContent ?? "")];
}

/** Copies the whole text, which is behind the click in this part of the page. */
async function copyWhole(part: HTMLElement): Promise<void> {
  const details = within(part).getByText(length).closest("details") as HTMLElement;
  expect(details.querySelector("pre")?.textContent).toBe(long);
  await click(/^Copy all of/, details);
}

describe("a long text from outside", () => {
  it("is shortened where a user has it for a name, in what is reported, and in dialogs", async () => {
    const user = userOf({ customId: long });
    const api = await openPage("users", { users: [user, userOf({ id: "8:acs:resource_bob", number: 0 })] });
    await click(`Revoke tokens of user ${short}`);
    expect(announced()).toBe(`All tokens of user ${short} were revoked`);
    expect(screen.getAllByText(/^All \d+ characters$/)).toHaveLength(1);
    await copyWhole(screen.getByRole("listitem", { name: `User ${short}` }));
    expect(api.copied).toBe(long);
    await click(`Delete user ${short}`);
    expect(shown().filter((text) => text.length > 140)).toEqual([]);
  });

  it("is shortened where Entra ID's principals have it, and in the list of them", async () => {
    const principal = { objectId: "1", tenantId: "t", name: long };
    const users = [{ ...principal, username: long, email: long.toUpperCase() }] as never;
    const application = { ...principal, objectId: "2", clientId: "2", permissions: [], redirectUris: [long] };
    const api = await openPage("entra", {
      directory: directoryOf({ users, applications: [application] as never }),
    });
    const [user, ...others] = screen.getAllByText(length);
    expect(others).toHaveLength(2);
    await copyWhole(user?.closest(".user-head") as HTMLElement);
    expect(api.copied).toBe(long);
    await click(`Remove ${short}`);
    expect(announced()).toBe(`${short} was removed`);
    expect(shown().filter((text) => text.length > 140)).toEqual([]);
  });

  it("is shortened in the row and the title of a request, whose address is whole and breaks between its parts", async () => {
    const target = `/${"segment/".repeat(20)}end?query=value&other=1`;
    await openPage("request-1", { requests: [requestOf({ target, operation: undefined })] });
    const [row, title] = [
      screen.getByRole("link", { name: /POST/ }),
      screen.getByRole("heading", { name: /POST/ }),
    ];
    expect(row.textContent).toContain("segment/segment…");
    expect(title.textContent?.length).toBeLessThan(120);
    const address = screen.getByText(/^POST http/, { selector: "code.muted" });
    expect(address.textContent).toBe(`POST ${location.origin}${target}`);
    const lines = address.innerHTML.replaceAll("&amp;", "&").split("<wbr>");
    expect([lines[0], lines[1], ...lines.slice(-4)]).toEqual([
      `POST ${location.origin}/`,
      "segment/",
      "segment/",
      "end?",
      "query=value&",
      "other=1",
    ]);
  });
});
