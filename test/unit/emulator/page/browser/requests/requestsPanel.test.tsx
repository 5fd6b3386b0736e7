// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import {
  announced,
  click,
  hasButton,
  infoOf,
  openedAt,
  openPage,
  Refusal,
  requestOf,
  settle,
} from "../openPage.js";

const created = requestOf({ userId: "8:acs:resource_alice-00a11ce", time: "2030-01-02T09:59:00.007Z" });
const refused = requestOf({
  number: 2,
  operation: "getToken",
  status: 401,
  code: "Denied",
  message: "Denied by the resource provider.",
});
const expected = requestOf({ number: 3, status: 401, isFromDoctor: true, message: "As it should be" });
const unknown = requestOf({
  number: 4,
  operation: undefined,
  method: "PATCH",
  target: "/nothing%20here",
  status: 404,
});
const all = [unknown, expected, refused, created];

const list = () => screen.getByRole("list", { name: "Requests" });
const title = () => screen.getByRole("heading", { name: /^Requests/ }).textContent;
const links = () => within(list()).queryAllByRole<HTMLAnchorElement>("link");
const numbers = () => links().map(({ hash }) => hash);
const row = (number: number) => links().find(({ hash }) => hash === `#/request-${number}`)?.textContent;
const filter = () => screen.getByLabelText<HTMLInputElement>(/^Filter requests/);
const type = async (value: string) => {
  fireEvent.input(filter(), { target: { value } });
  await settle();
};
const onlyFailures = async () => {
  fireEvent.click(screen.getByLabelText("Only failures"));
  await settle();
};

describe("the list of requests", () => {
  it("says that there are none yet, or links to each, newest first, with what it asked for and got", async () => {
    const api = await openPage("users");
    expect(screen.getByText(/^No requests yet\. Start your app/)).toBeDefined();
    expect(screen.queryByText("No request has failed.")).toBeNull();
    api.requests = all;
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(screen.queryByText(/^No requests yet/)).toBeNull();
    expect(numbers()).toEqual(["#/request-4", "#/request-3", "#/request-2", "#/request-1"]);
    expect(row(1)).toMatch(/^\d\d:59:00\.007\s*createUser\s*…0a11ce.*201.*2\.4 ms/);
    expect(row(2)).toMatch(/getToken.*401 Denied.*Denied by the resource provider\./);
    expect(row(4)).toMatch(/PATCH \/nothing here|PATCH \/nothing%20here/);
  });

  it("says nothing about failures before it has been read", async () => {
    await openPage("users", { requests: all, answers: { "GET /requests": new Refusal(503, {}) } });
    expect(screen.getByLabelText("Only failures")).toBeDefined();
    expect(screen.queryByText("No request has failed.")).toBeNull();
  });

  it("links to the first steps, unless there are users", async () => {
    const api = await openPage("simulate");
    const link = () => screen.queryByRole<HTMLAnchorElement>("link", { name: "First steps" });
    expect(link()?.hash).toBe("#/users");
    api.info = infoOf({ users: 1, revision: 2 });
    await settle(1000);
    expect(link()).toBeNull();
  });

  it("tells what the doctor sent apart, and gives no reason for what it expects", async () => {
    await openPage("users", { requests: all });
    expect(row(3)).toContain("doctor · expected");
    expect(row(3)).not.toContain("As it should be");
    expect(row(1)).not.toContain("doctor");
  });

  it("has no date until the day is over, and then has it", async () => {
    const evening = new Date(openedAt).setHours(23, 59, 57, 0);
    const time = new Date(evening).toISOString();
    const api = await openPage("users", { requests: [{ ...created, time }] });
    api.info = infoOf({ revision: 2 });
    vi.setSystemTime(evening);
    await settle(1000);
    expect(row(1)).toMatch(/^23:59:57\.000/);
    await settle(3000);
    expect(row(1)).toMatch(/^Jan \d 23:59:57\.000/);
  });

  it("marks the request that is open", async () => {
    await openPage("request-2", { requests: all });
    const current = links().filter((each) => each.getAttribute("aria-current") === "true");
    expect(current.map(({ hash }) => hash)).toEqual(["#/request-2"]);
  });

  it("has what was changed here above the requests from before, unless only failures are shown", async () => {
    await openPage("simulate", { requests: all });
    await click("Freeze");
    const rows = () => [...list().children].map(({ textContent }) => textContent);
    expect(rows()[0]).toMatch(/The time is frozen.*this page/);
    await onlyFailures();
    expect(rows().join()).not.toContain("The time is frozen");
  });
});

describe("the filter of requests", () => {
  it("lists only failures, and all requests again", async () => {
    await openPage("users", { requests: all });
    await onlyFailures();
    expect(numbers()).toEqual(["#/request-4", "#/request-2"]);
    expect(title()).toMatch(/^Requests\s*2 of 4\s*2 failed$/);
    await onlyFailures();
    expect(numbers()).toHaveLength(4);
    expect(title()).toMatch(/^Requests\s*4\s*2 failed$/);
  });

  it("lists what has the text, and is cleared by Escape", async () => {
    const api = await openPage("users", { requests: all });
    expect(announced()).toBe("");
    await type("getT");
    expect([numbers(), announced()]).toEqual([["#/request-2"], "1 request found"]);
    const reads = api.reads.length;
    await type("getToken nothing");
    expect([numbers(), api.reads.length]).toEqual([[], reads]);
    expect(screen.getByText("No request matches “getToken nothing”.", { selector: "p" })).toBeDefined();
    fireEvent.keyDown(filter(), { key: "Escape" });
    await settle();
    expect([filter().value, numbers().length]).toEqual(["", 4]);
  });

  it("keeps to failures while it is cleared, and says so if there are none", async () => {
    await openPage("users", { requests: [created] });
    await onlyFailures();
    expect(screen.getByText("No request has failed.", { selector: "#requests *" })).toBeDefined();
    await type("createUser");
    expect(screen.getByText("No failed request matches “createUser”.", { selector: "p" })).toBeDefined();
    fireEvent.keyDown(filter(), { key: "Escape" });
    await settle();
    expect(numbers()).toEqual([]);
  });
});

it("the number that a filter announces leaves out the page's own changes", async () => {
  await openPage("simulate", { requests: [created] });
  await click("Freeze");
  await type("frozen");
  expect(announced()).toBe("No request matches “frozen”.");
  fireEvent.keyDown(filter(), { key: "Escape" });
  await settle();
  expect(announced()).toBe("1 request found");
});

describe("the kinds of failures", () => {
  it("stand above the list with their counts, and narrow it by a click", async () => {
    await openPage("users", { requests: [{ ...refused, number: 5 }, ...all] });
    const kind = () => screen.getByRole("button", { name: /^401 Denied by the resource provider\s*2$/ });
    expect(hasButton(/^404\s*1$/)).toBe(true);
    fireEvent.click(kind());
    await settle();
    expect(numbers()).toEqual(["#/request-5", "#/request-2"]);
    expect([filter().value, kind().ariaPressed ?? kind().getAttribute("aria-pressed")]).toEqual([
      "status:401 code:Denied reason:denied-by-the-resource-provider",
      "true",
    ]);
    fireEvent.click(kind());
    await settle();
    expect([filter().value, numbers().length]).toEqual(["", 5]);
  });

  it("have a new one once nobody is in the list, which another line would move", async () => {
    const api = await openPage("users", { requests: all });
    const kinds = () => screen.queryAllByRole("button", { name: /^40\d / }).map((each) => each.textContent);
    const [one] = links();
    one?.focus();
    api.requests = [{ ...refused, number: 6, code: "Other" }, { ...refused, number: 5 }, ...all];
    await settle(1000);
    expect(kinds()).toEqual(["401 Denied by the resource provider 2", "404 1"]);
    expect(title()).toMatch(/4 failed$/);
    one?.blur();
    await settle();
    expect(kinds()).toHaveLength(3);
  });
});

describe("a long list", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...created, number: count - index }));

  it("shows more down to the oldest request that is kept, and says how many were dropped", async () => {
    await openPage("users", { requests: many(130), dropped: 1870 });
    // To find things by their roles takes seconds of CPU beside hundreds of others.
    const rows = () => document.querySelectorAll("#request-list > li").length;
    expect(rows()).toBe(100);
    expect(document.querySelector("#requests-title")?.textContent).toMatch(/^Requests\s*130/);
    expect(screen.queryByText(/dropped/)).toBeNull();
    fireEvent.click(screen.getByText("Show 30 more"));
    await settle();
    expect(rows()).toBe(130);
    const note = "1,870 older requests were dropped: the emulator keeps the last 130.";
    expect(screen.getByText(note)).toBeDefined();
    await type("status:404");
    expect(screen.getByText(note)).toBeDefined();
  });

  it("shows twice as many after each click, and says how many are left", async () => {
    await openPage("users", { requests: many(210) });
    const more = () => document.querySelector("#requests .more");
    const click = async () => {
      fireEvent.click(more()?.lastElementChild as Element);
      await settle();
    };
    const shown = () => [document.querySelectorAll("#request-list > li").length, more()?.textContent];
    expect(shown()).toEqual([100, "The newest 100 of 210.Show 100 more"]);
    await click();
    expect(shown()).toEqual([200, "The newest 200 of 210.Show 10 more"]);
    expect(document.querySelector("#announcement")?.textContent).toBe("200 of 210 rows shown");
    await click();
    expect(shown()).toEqual([210, undefined]);
  });

  it("stands still under the hand while more requests arrive than it shows, and until it is cleared", async () => {
    const api = await openPage("users", { requests: many(3) });
    links()[0]?.focus();
    await settle();
    api.requests = many(153);
    await settle(1000);
    expect(numbers()).toEqual(["#/request-3", "#/request-2", "#/request-1"]);
    expect(screen.getByText("150 new rows")).toBeDefined();
    api.requests = [{ ...created, number: 154 }];
    api.info = infoOf({ requestsCleared: 1 });
    await settle(1000);
    expect(numbers()).toEqual(["#/request-154"]);
  });
});

describe("the address", () => {
  it("keeps the filter and Only failures for a reload, whatever is shown, and loses them with the filter", async () => {
    await openPage("users", { requests: all });
    expect(location.search).toBe("");
    await onlyFailures();
    await type("get a&b");
    expect(location.search).toBe("?failures=&filter=get+a%26b");
    await click("Simulate", undefined, "link");
    // As Back does, to an address from before.
    history.replaceState(null, "", "/#/users");
    dispatchEvent(new Event("hashchange"));
    await settle();
    expect([location.search, location.hash]).toEqual(["?failures=&filter=get+a%26b", "#/users"]);
    await onlyFailures();
    await type("");
    expect(location.search).toBe("");
  });

  it("narrows the list when the page is opened", async () => {
    await openPage("?failures=&filter=getT#/request-2", { requests: all });
    expect([filter().value, numbers(), location.hash]).toEqual(["getT", ["#/request-2"], "#/request-2"]);
  });
});

describe("Clear", () => {
  it("deletes the requests and what was changed here, and lists only that", async () => {
    const api = await openPage("simulate", { requests: all });
    await click("Freeze");
    api.requests = [];
    await click("Clear…");
    await click("Clear requests");
    expect(api.changes.slice(1)).toEqual([["DELETE /requests"]]);
    expect(announced()).toBe("The requests were cleared");
    expect(numbers()).toEqual([]);
    expect(list().textContent).toContain("The requests were cleared");
    expect(list().textContent).not.toContain("The time is frozen");
    expect(hasButton("Dismiss")).toBe(false);
  });
});
