// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  announced,
  choose,
  click,
  dialog,
  hasButton,
  infoOf,
  isDialogOpen,
  openPage,
  type StubbedApi,
  settle,
  tokenOf,
  userOf,
} from "../openPage.js";

const { origin } = location;
const search = "Search users by id or custom id";
const alice = userOf({ customId: "alice", tokens: [tokenOf()] });
const bob = userOf({ customId: "bob", id: "8:acs:resource_bob", number: 2 });
const carol = userOf({ customId: "carol", id: "8:acs:resource_carol", number: 3 });

const names = () =>
  screen.queryAllByRole("listitem", { name: /^User / }).map((each) => each.getAttribute("aria-label"));
const countOf = () => screen.getByRole("heading", { name: /^Users/ }).textContent;
const lists = (reads: readonly string[]) => reads.filter((each) => each.startsWith("GET /users?"));

describe("the list of users", () => {
  it("says what to do while there are no users, and gives settings and code that have the connection string", async () => {
    const api = await openPage("users");
    expect(screen.getByText("No users yet")).toBeDefined();
    expect(screen.getByText(/^import \{ Comm/).textContent).toContain(`endpoint=${origin}/;accesskey=YWNz…`);
    for (const name of ["Copy code", /^Copy settings/]) {
      await click(name);
      expect(api.copied).toContain(`endpoint=${origin}/;accesskey=${btoa("acs-identity emulator: first")}`);
    }
    expect(countOf()).toMatch(/^Users\s*0$/);
  });

  it("says nothing of the kind before it knows, or if there are some", async () => {
    await openPage("users", { users: [alice, bob] });
    expect(screen.queryByText("No users yet")).toBeNull();
    expect([names(), countOf()]).toEqual([["User alice", "User bob"], expect.stringMatching(/^Users\s*2$/)]);
    expect(hasButton(/^Show 50 more/)).toBe(false);
  });

  it("shows fifty more at a time, up to a thousand, and says how many there are", async () => {
    const api = await openPage("users", { users: [alice], total: 1234 });
    expect(screen.getByText("The newest 1 of 1,234 users. Search to find others.")).toBeDefined();
    api.users = [alice, bob];
    await click("Show 50 more");
    expect(lists(api.reads).at(-1)).toContain("limit=100&");
    expect(announced()).toBe("2 of 1,234 users shown");
    // To find a button by its role takes a second of CPU here.
    for (let count = 100; count < 1000; count += 50) {
      fireEvent.click(screen.getByText("Show 50 more"));
      await settle();
    }
    expect(lists(api.reads).at(-1)).toContain("limit=1000&");
    expect(hasButton("Show 50 more")).toBe(false);
  });
});

describe("the keyboard", () => {
  it("offers no more than there are", async () => {
    await openPage("users", { users: [bob, alice], total: 5 });
    expect(hasButton("Show 3 more")).toBe(true);
  });

  it("reaches the controls of one user alone by Tab", async () => {
    await openPage("users", { users: [alice, bob] });
    const stop = (name: string) => screen.getByRole("button", { name }).tabIndex;
    expect([stop("Delete user alice"), stop("Delete user bob")]).toEqual([0, -1]);
  });

  it("is at the user that got a token", async () => {
    await openPage("users", { users: [bob, alice] });
    await click("Issue token for user alice");
    await click("Issue token", dialog());
    const card = screen.getByRole("listitem", { name: "User alice" });
    expect(card.contains(document.activeElement)).toBe(true);
  });
});

describe("the search for users", () => {
  it("waits until nobody types, without the blanks around it, and announces what it found", async () => {
    const api = await openPage("users", { users: [alice, bob] });
    const before = lists(api.reads).length;
    fireEvent.input(screen.getByLabelText(search), { target: { value: " al" } });
    await settle(119);
    expect(lists(api.reads)).toHaveLength(before);
    api.answers["GET /users"] = { users: [alice], total: 2, matching: 1 };
    await settle(1);
    expect(lists(api.reads).at(-1)).toMatch(/limit=50&.*search=al$/);
    expect(announced()).toBe("1 user found");
    expect(countOf()).toMatch(/1 of 2$/);
    expect(names()).toEqual(["User alice"]);
  });

  it("keeps each letter that is typed while an earlier search is on its way, and is in the address", async () => {
    const api = await openPage("?users=al#/users", { users: [alice, bob] });
    const input = screen.getByLabelText<HTMLInputElement>(search);
    expect(input.value).toBe("al");
    expect(lists(api.reads)[0]).toMatch(/search=al$/);
    for (const value of ["ali", "alic", "alice"]) {
      fireEvent.input(input, { target: { value } });
      // The emulator answers between two letters.
      await settle(125);
      expect(input.value).toBe(value);
    }
    fireEvent.input(input, { target: { value: "alice " } });
    await settle(120);
    expect([input.value, location.search]).toEqual(["alice ", "?users=alice"]);
  });

  it("shows what it found even while the list stands still", async () => {
    const api = await openPage("users", { users: [alice, bob] });
    screen.getByRole("button", { name: "Issue token for user alice" }).focus();
    await settle();
    api.answers["GET /users"] = { users: [carol], total: 3, matching: 1 };
    fireEvent.input(screen.getByLabelText(search), { target: { value: "carol" } });
    await settle(120);
    expect(names()).toEqual(["User carol"]);
  });

  it("announces nothing once another search has taken its place", async () => {
    const api = await openPage("users", { users: [alice, bob] });
    const answers: (() => void)[] = [];
    api.answers["GET /users"] = () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ users: [alice], total: 2, matching: 1 }));
      });
    for (const value of ["bo", "alice"]) {
      fireEvent.input(screen.getByLabelText(search), { target: { value } });
      await settle(120);
    }
    answers[0]?.();
    await settle();
    expect([answers.length, announced()]).toEqual([2, ""]);
    answers[1]?.();
    await settle();
    expect(announced()).toBe("1 user found");
  });

  it("says whom it didn't find", async () => {
    const api = await openPage("users", { users: [alice] });
    api.answers["GET /users"] = { users: [], total: 1, matching: 0 };
    fireEvent.input(screen.getByLabelText(search), { target: { value: "carol" } });
    await settle(120);
    expect(screen.getByText("No user's id contains “carol”.")).toBeDefined();
    expect(screen.queryByText("No users yet")).toBeNull();
  });

  it("is cleared by Escape at once, and by no other key", async () => {
    const api = await openPage("users", { users: [alice, bob] });
    const input = screen.getByLabelText<HTMLInputElement>(search);
    fireEvent.input(input, { target: { value: "alice" } });
    await settle(120);
    fireEvent.keyDown(input, { key: "Enter" });
    await settle();
    expect(input.value).toBe("alice");
    fireEvent.keyDown(input, { key: "Escape" });
    await settle();
    expect([input.value, announced()]).toEqual(["", "2 users"]);
    expect(lists(api.reads).at(-1)).toMatch(/search=$/);
  });
});

describe("a user that the app deletes", () => {
  it("looks deleted in its place while the list stands still, and is gone afterwards", async () => {
    const token = tokenOf({ userId: bob.id });
    const api = await openPage("users", {
      users: [carol, { ...bob, tokenCount: 1, tokens: [token] }, alice],
    });
    screen.getByRole("button", { name: "Issue token for user alice" }).focus();
    api.users = [carol, alice];
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(names()).toEqual(["User carol", "User bob", "User alice"]);
    expect(screen.getByText("deleted. Its token is void.")).toBeDefined();
    expect([hasButton(/^(?:Issue|Revoke|Delete).* user bob$/), hasButton(/new row/)]).toEqual([false, false]);
    screen.getByRole("button", { name: "New user" }).focus();
    await settle(1);
    expect(names()).toEqual(["User carol", "User alice"]);
  });
});

describe("a user that is deleted here", () => {
  async function deleteBob() {
    const api = await openPage("users", { users: [bob, alice] });
    await click("Delete user bob");
    expect(within(dialog()).getByText("bob")).toBeDefined();
    expect(api.changes).toEqual([]);
    api.users = [alice];
    await click("Delete user", dialog());
    return api;
  }

  /** Deletes bob, while the emulator takes its time to say who is left. */
  async function deleteBobSlowly(listed: Partial<StubbedApi> = { users: [bob, alice] }) {
    const api = await openPage("users", listed);
    let respond = () => {};
    api.answers["GET /info"] = async () => {
      await new Promise<void>((resolve) => {
        respond = resolve;
      });
      return { ...api.info, time: new Date().toISOString() };
    };
    await click("Delete user bob");
    await click("Delete user", dialog());
    const read = async () => {
      respond();
      await settle();
    };
    return { api, read };
  }

  it("keeps its place, without the buttons of others, until it is dismissed", async () => {
    const api = await deleteBob();
    expect(api.changes).toEqual([["DELETE /users/8%3Aacs%3Aresource_bob"]]);
    expect([isDialogOpen(), announced()]).toEqual([false, "User bob was deleted"]);
    expect(names()).toEqual(["User bob", "User alice"]);
    expect(hasButton("Issue token for user bob")).toBe(false);
    expect(screen.getByText(/^deleted \d\d:\d\d:\d\d\.$/)).toBeDefined();
    await click("Dismiss deleted user bob");
    expect(names()).toEqual(["User alice"]);
  });

  it("stays gone if it is dismissed before the list was read again", async () => {
    const { api, read } = await deleteBobSlowly();
    await click("Dismiss deleted user bob");
    expect(names()).toEqual(["User alice"]);
    api.users = [alice];
    await read();
    expect(names()).toEqual(["User alice"]);
  });

  it("is gone from the list at once, even if others came while that stood still", async () => {
    const api = await deleteBob();
    screen.getByRole("button", { name: "Dismiss deleted user bob" }).focus();
    api.users = [carol, alice];
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(names()).toEqual(["User bob", "User alice"]);
    await click("Dismiss deleted user bob");
    expect(names()).toEqual(["User carol", "User alice"]);
  });

  it("isn't followed by new rows if it was the last one that was listed, and another one moves up", async () => {
    const { api, read } = await deleteBobSlowly({ users: [carol, bob], total: 3 });
    // The dialog gives the focus back to the list.
    screen.getByRole("button", { name: "Dismiss deleted user bob" }).focus();
    api.users = [carol, alice];
    api.total = 2;
    await read();
    expect(hasButton(/new row/)).toBe(false);
    await click("Dismiss deleted user bob");
    expect(names()).toEqual(["User carol", "User alice"]);
  });

  it("leaves the focus at the heading if it was the last one", async () => {
    const api = await openPage("users", { users: [bob] });
    await click("Delete user bob");
    api.users = [];
    await click("Delete user", dialog());
    screen.getByRole("button", { name: "Dismiss deleted user bob" }).focus();
    await click("Dismiss deleted user bob");
    expect(document.activeElement).toBe(screen.getByRole("heading", { name: /^Users/ }));
  });

  it("is hidden by a search for others, and found by one for it", async () => {
    await deleteBob();
    const find = async (text: string) => {
      fireEvent.input(screen.getByLabelText(search), { target: { value: text } });
      await settle(120);
    };
    await find("alice");
    expect(names()).toEqual(["User alice"]);
    await find("bob");
    expect(names()).toContain("User bob");
  });
});

describe("more than ten users", () => {
  const many = Array.from({ length: 11 }, (_, index) =>
    userOf({ number: 11 - index, id: `8:acs:resource_${11 - index}`, customId: `user${11 - index}` }),
  );
  const first = { ...many[0], tokens: [tokenOf()], tokenCount: 1 } as (typeof many)[number];
  const users = [first, ...many.slice(1)];

  it("are lines of name, number of tokens and one Copy, each opened and folded where it is", async () => {
    const api = await openPage("users", { users });
    const line = screen.getByRole("listitem", { name: "User user11" });
    expect(line.textContent).toBe("user111 tokenCopy id");
    expect(line.querySelectorAll("*").length).toBeLessThan(7);
    expect(hasButton(/^Issue token/)).toBe(false);
    await click("Show user user11");
    expect(hasButton(/^Inspect token voip/)).toBe(true);
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Copy token voip/);
    expect(hasButton("Issue token for user user10")).toBe(false);
    await click("Collapse user user11");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Show user user11");
    await click("Copy id of user user10");
    expect(api.copied).toBe("8:acs:resource_10");
  });

  it("have the focus at the first that Show more has added", async () => {
    const api = await openPage("users", { users, total: 12 });
    api.users = [...users, alice];
    await click("Show 1 more");
    const focused = document.activeElement;
    // A browser focuses only what has a tabindex, unlike happy-dom.
    expect([focused?.getAttribute("aria-label"), focused?.getAttribute("tabindex")]).toEqual([
      "User alice",
      "-1",
    ]);
  });

  it("are folded but for the one that was just created", async () => {
    const api = await openPage("users", { users: many.slice(1) });
    Object.assign(api, { users, info: infoOf({ revision: 2 }) });
    api.answers["POST /users"] = first;
    await click("New user");
    await click("Create user", dialog());
    expect([hasButton("Collapse user user11"), hasButton("Collapse user user10")]).toEqual([true, false]);
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Copy token voip/);
  });

  it("stay as they were, folded or open, when one gets a token", async () => {
    const api = await openPage("users", { users });
    await click("Show user user8");
    await click("Show user user10");
    await click("Issue token for user user10");
    await click("Issue token", dialog());
    expect(api.changes).toHaveLength(1);
    const open = [10, 9, 8].map((number) => hasButton(`Collapse user user${number}`));
    expect(open).toEqual([true, false, true]);
  });
});

it("the code for an app is in the language that was chosen, which the page remembers", async () => {
  await openPage("users");
  await choose("Language of the program", "Python");
  const code = screen.getByText(/client\.create_user_and_token/).textContent?.split("\n");
  expect([code?.[0], code?.at(-2)]).toEqual([
    "# pip install azure-communication-identity",
    'print("Created", user.raw_id)',
  ]);
  expect(screen.getByText(/^export COMMUNICATION_CONNECTION_STRING=.*YWNz…/)).toBeDefined();
  expect(localStorage.getItem("language")).toBe("Python");
  await choose("Language of the program", "JavaScript");
  expect(screen.getByText(/await client\.createUserAndToken/)).toBeDefined();
});

it("the settings for an app are for the shell of Windows if the browser runs there", async () => {
  await openPage("users", { userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" });
  expect(screen.getByText(/^set "COMMUNICATION_CONNECTION_STRING=endpoint=.*"$/)).toBeDefined();
  expect(screen.queryByText(/^export /)).toBeNull();
});
