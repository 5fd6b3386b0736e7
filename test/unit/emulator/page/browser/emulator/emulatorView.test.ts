import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { listeners, stubBrowser } from "../stubBrowser.js";

stubBrowser();
const { EmulatorView } = await import("../../../../../../src/emulator/page/browser/emulator/emulatorView.js");
const { emulatorClock, offsetsOf } = await import(
  "../../../../../../src/emulator/page/browser/emulator/emulatorClock.js"
);

/** What the emulator says, what it was asked, and how long it takes. */
let info: Record<string, unknown>;
let users: object;
let asked: string[];
let answer: (path: string) => Promise<Response>;

function answerOf(path: string): Response {
  if (path.startsWith("/_emulator/users?")) return Response.json(users);
  if (path.startsWith("/_emulator/requests?"))
    return Response.json({ requests: [{ number: 4 }, { number: 3 }], total: 2, dropped: 2 });
  return Response.json({ time: new Date().toISOString(), frozen: false, ...info });
}

beforeEach(() => {
  stubBrowser();
  vi.useFakeTimers();
  asked = [];
  info = { stateRevision: 1, requests: 4, requestsCleared: 0, startId: "first", resets: 0 };
  users = { users: [{ id: "a" }], total: 1, matching: 1 };
  answer = async (path) => answerOf(path);
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path.replace("/_emulator", ""));
    return answer(path);
  });
});

async function start(end = new AbortController()) {
  const view = new EmulatorView("");
  // A poll can be on its way when the test ends.
  onTestFinished(() => end.abort());
  view.start(end.signal);
  await vi.advanceTimersByTimeAsync(0);
  return view;
}

/** Holds what the emulator responds from now on. Returns a function that lets the responses arrive that are on their way. */
function holdResponses(): () => Promise<void> {
  const held: (() => void)[] = [];
  answer = async (path) => {
    const response = answerOf(path);
    await new Promise<void>((resolve) => held.push(resolve));
    return response;
  };
  return async () => {
    for (const arrive of held.splice(0)) arrive();
    await vi.advanceTimersByTimeAsync(0);
  };
}

const lists = ["/users?limit=50&tokens=5&search=", "/requests?brief&limit=1000&after=0"];
const polls = () => asked.filter((path) => path === "/info").length;

describe("the page", () => {
  it("asks four times a second whether something has changed, and reads only what has", async () => {
    const view = await start();
    expect(asked).toEqual(["/info", ...lists]);
    expect(view.users.value).toEqual(users);
    await vi.advanceTimersByTimeAsync(249);
    expect(polls()).toBe(1);
    await vi.advanceTimersByTimeAsync(501);
    expect(asked.slice(3)).toEqual(["/info", "/info", "/info"]);
    info = { ...info, stateRevision: 2 };
    await vi.advanceTimersByTimeAsync(250);
    expect(asked.slice(6)).toEqual(["/info", lists[0]]);
    info = { ...info, requests: 5 };
    await vi.advanceTimersByTimeAsync(250);
    expect(asked.slice(8)).toEqual(["/info", "/requests?brief&limit=1000&after=4"]);
  });

  /** Answers like an emulator that has received so many requests, and keeps the last of them. */
  function keepRequests(count: number, kept: number) {
    info = { ...info, requests: count };
    answer = async (path) => {
      if (!path.startsWith("/_emulator/requests?")) return answerOf(path);
      const query = new URLSearchParams(path.split("?")[1]);
      const [after, before] = [Number(query.get("after")), Number(query.get("before") ?? count + 1)];
      const numbers = Array.from({ length: kept }, (_, index) => count - index);
      const found = numbers.filter((number) => number > after && number < before);
      return Response.json({
        requests: found.slice(0, Number(query.get("limit"))).map((number) => ({ number })),
        total: kept,
        dropped: count - kept,
      });
    };
  }

  it("knows all requests that the emulator keeps, reads on from the newest one, and says how many were dropped", async () => {
    keepRequests(2500, 2400);
    const view = await start();
    const numbers = () => view.requests.value?.map(({ number }) => number) ?? [];
    expect([numbers().length, numbers()[0], numbers().at(-1)]).toEqual([2400, 2500, 101]);
    expect(view.dropped.value).toBe(100);
    asked = [];
    keepRequests(2510, 2400);
    await vi.advanceTimersByTimeAsync(250);
    expect(asked).toEqual(["/info", "/requests?brief&limit=1000&after=2500"]);
    expect([numbers().length, numbers()[0], numbers().at(-1)]).toEqual([2400, 2510, 111]);
    info = { ...info, requestsCleared: 1 };
    keepRequests(2510, 0);
    await vi.advanceTimersByTimeAsync(250);
    expect(numbers()).toEqual([]);
  });

  it("reads everything again if it couldn't read all pages", async () => {
    keepRequests(2500, 2500);
    const whole = answer;
    answer = (path) => (path.includes("before=501") ? Promise.reject(new Error("gone")) : whole(path));
    const view = await start();
    expect(view.requests.value).toHaveLength(2000);
    answer = whole;
    await vi.advanceTimersByTimeAsync(2000);
    expect(view.requests.value).toHaveLength(2500);
  });

  it("asks nothing once nothing shows it, not even if a poll is on its way", async () => {
    const end = new AbortController();
    await start(end);
    await vi.advanceTimersByTimeAsync(250);
    expect(polls()).toBe(2);
    let release = () => {};
    answer = async (path) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return answerOf(path);
    };
    await vi.advanceTimersByTimeAsync(250);
    expect(polls()).toBe(3);
    end.abort();
    vi.stubGlobal("document", undefined);
    release();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(polls()).toBe(3);
  });

  it("asks nothing while it is hidden, and at once when it is shown", async () => {
    await start();
    Object.assign(document, { hidden: true });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(polls()).toBe(1);
    Object.assign(document, { hidden: false });
    listeners.get("visibilitychange")?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(polls()).toBe(2);
  });

  it.each([
    [10, 240],
    [100, 400],
    [300, 1200],
    [2000, 5000],
  ])("rests after a response that took %d ms for %d ms", async (took, rest) => {
    answer = async (path) => {
      if (path.endsWith("/info")) await new Promise((resolve) => setTimeout(resolve, took));
      return answerOf(path);
    };
    await start();
    await vi.advanceTimersByTimeAsync(took + rest - 1);
    expect(polls()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(polls()).toBe(2);
  });

  it("says that the emulator doesn't respond, and asks after 2, 3, 4 and then every 5 s whether it does", async () => {
    const view = await start();
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    await vi.advanceTimersByTimeAsync(250);
    expect(view.error.value).toEqual(new Error("The emulator doesn't respond. Is it still running?"));
    for (const [count, rest] of [2000, 3000, 4000, 5000, 5000].entries()) {
      await vi.advanceTimersByTimeAsync(rest - 1);
      expect(polls()).toBe(count + 2);
      await vi.advanceTimersByTimeAsync(1);
      expect(polls()).toBe(count + 3);
    }
  });

  it("reads everything once the emulator responds again, and asks as often as before", async () => {
    const view = await start();
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    await vi.advanceTimersByTimeAsync(250);
    answer = async (path) => answerOf(path);
    asked = [];
    await vi.advanceTimersByTimeAsync(2000);
    expect([view.error.value, asked]).toEqual([undefined, ["/info", ...lists]]);
    await vi.advanceTimersByTimeAsync(250);
    expect(polls()).toBe(2);
  });

  it.each([
    [500, "", {}, "The admin API responded with status 500."],
    [409, '{"error":{"message":"It exists"}}', { message: "It exists" }, "It exists"],
  ])("says what the emulator refused with %i %s", async (status, text, refusal, message) => {
    answer = async () => new Response(text, { status });
    const view = await start();
    expect(view.error.value).toMatchObject({ status, refusal, message });
  });

  it("keeps what it shows as it is if only the time has changed", async () => {
    const view = await start();
    const [before, listed] = [view.info.value, view.listed.value];
    info = { ...info, wallTime: "later" };
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.info.value).toBe(before);
    expect(view.listed.value).toBe(listed);
    info = { ...info, faults: 1 };
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.info.value).toMatchObject({ faults: 1 });
  });

  it("reads one after another, so that no older response takes back what a newer one has shown", async () => {
    const view = await start();
    const pass = holdResponses();
    info = { ...info, stateRevision: 2 };
    await vi.advanceTimersByTimeAsync(250);
    await pass();
    expect(asked.slice(3)).toEqual(["/info", lists[0]]);
    users = { users: [{ id: "b" }, { id: "a" }], total: 2, matching: 2 };
    const refreshed = Promise.all([view.refresh(), view.refresh()]);
    await pass();
    expect(view.users.value).toMatchObject({ total: 1 });
    await pass();
    await pass();
    await refreshed;
    expect(view.users.value).toEqual(users);
    expect(asked.slice(5)).toEqual(["/info", lists[0]]);
  });

  it("drops the response to a search if there has been another one since", async () => {
    const view = await start();
    let release = () => {};
    answer = async (path) => {
      if (!path.includes("search=old")) return answerOf(path);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return Response.json({ users: [], total: 1, matching: 0 });
    };
    const shown: unknown[] = [];
    view.users.watch(() => shown.push(view.users.value));
    const first = view.find("old");
    await vi.advanceTimersByTimeAsync(0);
    const second = view.find("new one");
    release();
    await Promise.all([first, second]);
    expect(shown).toEqual([users]);
    expect(asked).toContain("/users?limit=50&tokens=5&search=new+one");
  });

  it("drops a response that may still have a user that was deleted here since", async () => {
    const view = await start();
    const pass = holdResponses();
    const refreshed = view.refresh();
    await vi.advanceTimersByTimeAsync(0);
    await pass();
    expect(asked.slice(3)).toEqual(["/info", lists[0]]);
    const user = { id: "a" } as never;
    view.markDeleted(user);
    await pass();
    await refreshed;
    expect([view.users.value?.users, view.deleted.value]).toEqual([[], [expect.objectContaining({ user })]]);
  });

  it("searches for what was typed last, once nobody types, unless another search comes first", async () => {
    const view = await start();
    const pass = (time: number) => vi.advanceTimersByTimeAsync(time);
    const searches = () => asked.flatMap((path) => path.split("&search=")[1] ?? []);
    asked = [];
    void view.find("a", 120);
    await pass(119);
    void view.find("ab", 120);
    await pass(119);
    await view.showUsers(100);
    expect(searches()).toEqual([""]);
    await pass(1);
    expect(searches()).toEqual(["", "ab"]);
    void view.find("abc", 120);
    await view.find("");
    await pass(500);
    expect(searches()).toEqual(["", "ab", ""]);
  });

  it("forgets its own changes, and reads everything, when another emulator answers with the same revision", async () => {
    const view = await start();
    view.onReplaced = vi.fn();
    view.addChange("Reset", true);
    view.deleted.value = [{ user: { id: "a" } as never, deletedAt: 0 }];
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.changes.value).toMatchObject([{ text: "Reset", after: 4 }]);
    expect(view.onReplaced).not.toHaveBeenCalled();
    info = { ...info, startId: "second" };
    users = { users: [], total: 0, matching: 0 };
    await vi.advanceTimersByTimeAsync(1000);
    expect([view.changes.value, view.deleted.value, view.users.value]).toEqual([[], [], users]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.onReplaced).toHaveBeenCalledOnce();
    expect(view.onReplaced).toHaveBeenCalledWith("The emulator was restarted");
  });

  it("says that everything was replaced, unless it was done here", async () => {
    const view = await start();
    const said = vi.fn();
    view.onReplaced = said;
    const replace = async () => {
      info = { ...info, resets: Number(info.resets) + 1 };
      // A poll can come before the response to what was done here.
      await vi.advanceTimersByTimeAsync(1000);
    };
    await view.replace(replace);
    expect(said).not.toHaveBeenCalled();
    await replace();
    expect(said).toHaveBeenCalledOnce();
    const failing = view.replace(async () => {
      throw new Error("no response");
    });
    await expect(failing).rejects.toThrow("no response");
    await replace();
    expect(said).toHaveBeenCalledTimes(2);
  });

  it("says that another emulator answers, even if the lists couldn't be read at once", async () => {
    const view = await start();
    view.onReplaced = vi.fn();
    info = { ...info, startId: "second" };
    answer = async (path) =>
      path === "/_emulator/info" ? answerOf(path) : Promise.reject(new Error("gone"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.onReplaced).not.toHaveBeenCalled();
    answer = async (path) => answerOf(path);
    await vi.advanceTimersByTimeAsync(5000);
    expect(view.onReplaced).toHaveBeenCalledOnce();
  });

  it("keeps the last fifty of its own changes, newest first", async () => {
    const view = await start();
    for (let count = 1; count <= 51; count++) view.addChange(`${count}`, true);
    const texts = view.changes.value.map(({ text }) => text);
    expect([texts.length, texts[0], texts.at(-1)]).toEqual([50, "51", "2"]);
  });
});

describe("the emulator's time on the page", () => {
  it("goes on between two polls, unless it is frozen", () => {
    const time = Date.parse("2030-01-01T00:00:00Z");
    emulatorClock.sync(time, false);
    vi.advanceTimersByTime(1500);
    expect(emulatorClock.now()).toBe(time + 1500);
    emulatorClock.sync(time, true);
    vi.advanceTimersByTime(1500);
    expect(emulatorClock.now()).toBe(time);
  });

  it.each([
    [1999, {}, []],
    [2000, {}, ["2 s ahead"]],
    [-7_200_000, {}, ["2 h behind"]],
    [0, { frozen: true, skewInMs: 60_000 }, ["frozen", "wall clock 1 min ahead"]],
    [0, { skewInMs: -60_000 }, ["wall clock 1 min behind"]],
  ])("that is %d ms off with %j is described", (offset, changes, texts) => {
    emulatorClock.sync(Date.now() + offset, false);
    expect(offsetsOf({ frozen: false, skewInMs: 0, ...changes })).toEqual(texts);
    expect(offsetsOf(undefined)).toEqual([]);
  });
});
