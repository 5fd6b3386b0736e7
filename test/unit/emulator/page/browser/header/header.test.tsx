// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  announced,
  choose,
  click,
  closePage,
  infoOf,
  openPage,
  optionsOf,
  Refusal,
  requestOf,
  settle,
} from "../openPage.js";

const { origin } = location;
const key = btoa("acs-identity emulator: first");
const whole = `endpoint=${origin}/;accesskey=${key}`;

const link = (name: string | RegExp) => screen.queryByRole<HTMLAnchorElement>("link", { name });

describe("the panes", () => {
  it.each([
    [/^Users/, "users", "Users"],
    ["Simulate", "simulate", "Simulate"],
    ["Entra ID", "entra", "Entra ID"],
    ["Settings", "settings", "Settings"],
  ])("%s is shown at its address, and marked as current", async (name, place, title) => {
    await openPage(place === "users" ? "simulate" : "users");
    expect(link(name)?.getAttribute("aria-current")).not.toBe("page");
    await click(name, document.body, "link");
    expect(location.hash).toBe(`#/${place}`);
    const current = screen
      .getAllByRole("link")
      .filter((each) => each.getAttribute("aria-current") === "page");
    expect(current).toEqual([link(name)]);
    expect(screen.getByRole("region", { name: new RegExp(`^${title}`) })).toBeDefined();
  });

  it("mark the requests and the open one as current, because a narrow window shows it in place of the list", async () => {
    await openPage("request-1", { requests: [requestOf()] });
    const current = screen
      .getAllByRole("link")
      .filter((each) => each.getAttribute("aria-current") === "page");
    expect(current).toEqual([link(/^Requests/), link("Request 1")]);
  });

  it("count the users, and the requests that failed without the doctor's", async () => {
    const requests = [
      requestOf({ number: 4, status: undefined }),
      requestOf({ number: 3, status: 429 }),
      requestOf({ number: 2, status: 401, isFromDoctor: true }),
      requestOf({ number: 1 }),
    ];
    const api = await openPage("users", { info: infoOf({ users: 1234 }), requests });
    expect(link(/^Users/)?.textContent).toContain("1,234");
    expect(link(/^Requests/)?.textContent).toMatch(/2\s*failed/);
    api.requests = [];
    api.info = infoOf({ users: 0, revision: 2 });
    await settle(1000);
    expect(link(/^Users/)?.textContent).toContain("0");
    expect(link(/^Requests/)?.textContent).not.toMatch(/\d|failed/);
  });
});

describe("what isn't as usual", () => {
  it("is nothing but the time at first", async () => {
    await openPage("users");
    expect(link(/fault/)).toBeNull();
    expect(link(/checks/)).toBeNull();
    expect(link(/^Time/)?.textContent).not.toContain("ahead");
  });

  it.each([
    [{ faults: 1 }, "1 fault active", "#/simulate"],
    [{ faults: 3 }, "3 faults active", "#/simulate"],
    [{ strictness: "loose" }, "loose checks", "#/settings"],
    [{ strictness: "strict" }, "strict checks", "#/settings"],
    [{ frozen: true }, /^Time .*frozen$/, "#/simulate"],
    [{ time: "2030-01-02T12:00:00Z" }, /^Time .*2 h ahead$/, "#/simulate"],
    [{ skewInMs: -60_000 }, /^Time .*wall clock 1 min behind$/, "#/simulate"],
  ] as const)("%j links to where it ends", async (changes, name, address) => {
    await openPage("users", { info: infoOf(changes) });
    expect(link(name)?.hash).toBe(address);
  });
});

describe("the link to the time", () => {
  it("moves the focus to the time, each time", async () => {
    await openPage("users");
    const heading = () => screen.queryByRole("heading", { name: "Time" });
    await click(/^Time/, document.body, "link");
    expect(document.activeElement).toBe(heading());
    screen.getByRole("button", { name: "Freeze" }).focus();
    await click(/^Time/, document.body, "link");
    expect(document.activeElement).toBe(heading());
    await click(/^Users/, document.body, "link");
    screen.getByRole("button", { name: "New user" }).focus();
    await click("Simulate", document.body, "link");
    expect(document.activeElement).not.toBe(heading());
  });
});

describe("the connection string", () => {
  it("shows only the start of the key, unless it is asked to show it", async () => {
    await openPage("users");
    const shown = () => within(screen.getByRole("banner")).getByText(/^endpoint=/).textContent;
    expect(shown()).toBe(`endpoint=${origin}/;accesskey=${key.slice(0, 4)}…`);
    await click(/^(?:Show|Hide) key$/);
    expect(shown()).toBe(whole);
    await click(/^(?:Show|Hide) key$/);
    expect(shown()).not.toContain(key);
  });

  it("is copied with the whole key, whether it is shown or not", async () => {
    const api = await openPage("users");
    await click("Copy connection string");
    expect(api.copied).toBe(whole);
    expect(announced()).toBe("Copied connection string");
  });

  it("is copied for a shell, and for the language that was chosen", async () => {
    const api = await openPage("users");
    await click("Copy for your shell: connection string");
    expect(api.copied).toContain(`COMMUNICATION_CONNECTION_STRING='${whole}'`);
    expect(api.copied).not.toContain("COMMUNICATION_ENDPOINT");
    const language = "Language of the program that the shell starts";
    expect(optionsOf(language)).toEqual(["JavaScript", "Python", ".NET", "Java", "Go"]);
    await choose(language, "Python");
    await click(/ for your shell: connection string$/);
    expect(api.copied).toContain("COMMUNICATION_ENDPOINT=");
  });

  it("isn't known while no emulator responds", async () => {
    await openPage("users", { answers: { "GET /info": new Refusal(500, { message: "Busy" }) } });
    expect(within(screen.getByRole("banner")).getByText("–")).toBeDefined();
    expect(screen.queryByRole("button", { name: /your shell/ })).toBeNull();
  });
});

it("the shortcuts are listed after ?, but not while somebody types", async () => {
  await openPage("settings");
  fireEvent.keyDown(screen.getByLabelText(/^Filter requests/), { key: "?" });
  expect(screen.queryByRole("dialog")).toBeNull();
  fireEvent.keyDown(document.body, { key: "?" });
  await settle();
  expect(screen.getByRole("dialog").textContent).toContain("These shortcuts, from everywhere");
  await click("Close");
  await click("Shortcuts");
  expect(screen.getByRole("dialog")).toBeDefined();
  expect(link("Help")?.getAttribute("href")).toBe("/help");
});

it("the connection string folds away until it is wanted, on the next visit, too", async () => {
  await openPage("users");
  await click("Collapse the connection string");
  expect(screen.queryByRole("button", { name: "Copy connection string" })).toBeNull();
  closePage();
  await openPage("users");
  expect(screen.queryByRole("button", { name: "Copy connection string" })).toBeNull();
  await click("Connection string");
  expect(screen.getByRole("button", { name: "Copy connection string" })).toBeDefined();
});
