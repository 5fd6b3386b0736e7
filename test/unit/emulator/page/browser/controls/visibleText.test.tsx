// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  announced,
  click,
  directoryOf,
  openPage,
  optionsOf,
  requestOf,
  settle,
  userOf,
} from "../openPage.js";

const evil = "abc\u202egpj.exe";
const seen = "abc\\u202egpj.exe";

const marks = () => [...document.querySelectorAll(".chip.warn")].map(({ textContent }) => textContent);
/** All texts and tooltips of the page. */
const everything = () =>
  [
    document.body.textContent,
    ...[...document.querySelectorAll<HTMLElement>("[title]")].map(({ title }) => title),
  ].join();

describe("characters that turn text round", () => {
  it("are seen as escapes in a name and its tooltip, and in what is reported about it", async () => {
    await openPage("users", { users: [userOf({ customId: evil, id: `8:acs:r_${evil}` })] });
    expect(screen.getByRole("heading", { level: 3 }).textContent).toBe(seen);
    expect(marks()).toContain("\\u202e");
    await click(/^Revoke tokens/);
    expect(announced()).toBe(`All tokens of user ${seen} were revoked`);
    expect(everything()).not.toMatch(/\p{Bidi_Control}/u);
  });

  it("are seen, whichever they are", async () => {
    const characters = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
    await openPage("users", { users: [userOf({ customId: `a${characters}b` })] });
    expect(marks()).toEqual(
      Array.from(characters, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`),
    );
    expect(everything()).not.toMatch(/\p{Bidi_Control}/u);
  });

  it("are copied as they are", async () => {
    const id = `8:acs:r_${evil}`;
    const api = await openPage("users", { users: [userOf({ id })] });
    await click(/^Copy id/);
    expect(api.copied).toBe(id);
  });

  it("are seen in a request's path, body, headers and error, and in its row", async () => {
    const target = `/identities/${encodeURIComponent(evil)}`;
    const headers = { host: location.host, agent: evil };
    const request = requestOf({
      target,
      body: { [evil]: evil },
      headers,
      status: 400,
      message: evil,
      code: evil,
    });
    await openPage("request-1", { requests: [request] });
    expect(screen.getByText("Request", { selector: "h3" }).closest(".part")?.textContent).toContain(
      `"${seen}": "${seen}"`,
    );
    expect(everything()).not.toMatch(/\p{Bidi_Control}/u);
  });

  it("are seen among the choices of a list, which has no marks", async () => {
    const user = { objectId: "1", tenantId: "t", username: evil, name: evil, email: evil } as never;
    await openPage("entra", { directory: directoryOf({ users: [user] }) });
    fireEvent.change(screen.getByLabelText("For"), {
      target: { value: "An Entra user, for getTokenForEntraUser" },
    });
    await settle();
    expect(optionsOf("User$")).toEqual([seen]);
    expect(everything()).not.toMatch(/\p{Bidi_Control}/u);
  });
});
