// @vitest-environment happy-dom
import { screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  effectText,
  faultKinds,
  outages,
} from "../../../../../../src/emulator/page/browser/simulate/faults.js";
import {
  alerts,
  announced,
  check,
  choose,
  click,
  field,
  fill,
  hasButton,
  hasField,
  infoOf,
  openPage,
  optionsOf,
  Refusal,
  settle,
} from "../openPage.js";

const busy = { number: 1, status: 503, times: 2 } as const;
const outage = { number: 2, status: 500, times: "unlimited", durationInSeconds: 30 } as const;

describe("a button for a fault", () => {
  it.each([...faultKinds, ...outages])("%s adds it, and says what happens next", async (name, _, fault) => {
    const api = await openPage("simulate");
    await click(name);
    expect(api.changes).toEqual([["POST /faults", fault]]);
    expect(announced()).toBe(effectText(fault));
    expect(alerts()).toEqual([]);
  });

  it("shows why the emulator refused it, and announces nothing", async () => {
    await openPage("simulate", {
      answers: { "POST /faults": new Refusal(400, { message: "No such fault" }) },
    });
    await click("429");
    expect(alerts()).toEqual([expect.stringContaining("No such fault")]);
    expect(announced()).toBe("");
    await click("Dismiss");
    expect(alerts()).toEqual([]);
  });
});

describe("the active faults", () => {
  it("are listed with what is left of them, and stopped one at a time or all at once", async () => {
    const api = await openPage("simulate", { answers: { "GET /faults": { faults: [busy, outage] } } });
    expect(screen.getByText(/^503,/).textContent).toBe("503, 2 times");
    expect(screen.getByText(/^500,/).textContent).toBe("500, 30 s left");
    await click("Stop 500");
    expect(api.changes).toEqual([["DELETE /faults/2"]]);
    expect(announced()).toBe("Stopped: 500");
    await click("Stop all 2 faults");
    expect(api.changes.slice(1)).toEqual([["DELETE /faults"]]);
    expect(announced()).toBe("2 faults stopped");
  });

  it("have no button to stop all if there is one, and aren't there if there is none", async () => {
    const api = await openPage("simulate", { answers: { "GET /faults": { faults: [busy] } } });
    expect([hasButton("Stop 503"), hasButton(/^Stop (?:all|the)/)]).toEqual([true, false]);
    api.answers = {};
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(hasButton(/^Stop/)).toBe(false);
  });

  it("are read each second while one ends by time, and otherwise if something changes", async () => {
    const api = await openPage("simulate", { answers: { "GET /faults": { faults: [outage] } } });
    const reads = () => api.reads.filter((each) => each === "GET /faults").length;
    const first = reads();
    api.answers = { "GET /faults": { faults: [{ ...outage, durationInSeconds: 28.5 }] } };
    await settle(2000);
    expect(reads()).toBeGreaterThanOrEqual(first + 2);
    expect(screen.getByText(/^500,/).textContent).toBe("500, 29 s left");
    api.answers = { "GET /faults": { faults: [busy] } };
    await settle(1000);
    const last = reads();
    await settle(5000);
    expect(reads()).toBeLessThanOrEqual(last + 1);
  });
});

describe("an emulator that doesn't respond", () => {
  it("is said once, and no longer once it responds, also beside what failed", async () => {
    const api = await openPage("simulate", { answers: { "GET /faults": { faults: [outage] } } });
    const fail = () => Promise.reject(new TypeError("Failed to fetch"));
    api.answers = { "GET /info": fail, "GET /faults": fail, "POST /faults": fail };
    await settle(2000);
    expect(alerts()).toEqual([expect.stringContaining("doesn't respond")]);
    await click("429");
    expect(alerts()).toHaveLength(2);
    api.answers = { "GET /faults": { faults: [busy] } };
    await settle(5000);
    expect(alerts()).toEqual([]);
    expect(hasButton("Stop 503")).toBe(true);
  });

  it("doesn't take away why it refused something before, once it responds", async () => {
    const answers = { "POST /faults": new Refusal(400, { message: "No such fault" }) };
    const api = await openPage("simulate", { answers });
    await click("429");
    api.answers = { "GET /info": () => Promise.reject(new TypeError("Failed to fetch")) };
    await settle(2000);
    expect(alerts()).toHaveLength(2);
    api.answers = {};
    await settle(5000);
    expect(alerts()).toEqual([expect.stringContaining("No such fault")]);
  });
});

describe("the form for a fault", () => {
  const save = () => click("Add fault");

  it("adds the chosen fault once, for any method, with the emulator's defaults", async () => {
    const api = await openPage("simulate");
    expect(optionsOf("Response")).toEqual(faultKinds.map(([, label]) => label));
    expect(optionsOf("Method").slice(0, 3)).toEqual(["Any method", "createUser", "createUserAndToken"]);
    await choose("Response", "503 ServiceUnavailable");
    await save();
    expect(api.changes).toEqual([["POST /faults", { status: 503, times: 1 }]]);
  });

  it("adds it with the method, number of times, delay and Retry-After that were entered", async () => {
    const api = await openPage("simulate");
    await choose("Response", "429 TooManyRequests");
    await choose("Method", "getToken");
    await fill("Times", "4");
    await fill("Delay in ms", "250");
    await fill("Retry-After in s", "2");
    await save();
    expect(api.changes).toEqual([
      [
        "POST /faults",
        { status: 429, operation: "getToken", times: 4, delayInMs: 250, retryAfterInSeconds: 2 },
      ],
    ]);
  });

  it("adds it for a while, or until it is stopped", async () => {
    const api = await openPage("simulate");
    const [, seconds = "", stopped = ""] = optionsOf("Lasts");
    await choose("Lasts", seconds);
    await fill("Seconds", "45");
    await save();
    await choose("Lasts", stopped);
    expect([hasField("Times"), hasField("Seconds")]).toEqual([false, false]);
    await save();
    expect(api.changes).toEqual([
      ["POST /faults", { status: 429, durationInSeconds: 45 }],
      ["POST /faults", { status: 429, times: "unlimited" }],
    ]);
  });

  it("takes no number of times for one of seconds", async () => {
    await openPage("simulate");
    await fill("Times", "4");
    await choose("Lasts", "N seconds");
    expect(field("Seconds").value).toBe("");
  });

  it("can leave out Retry-After where the emulator would send one, and asks for it only of an error", async () => {
    const api = await openPage("simulate");
    await check("Without Retry-After");
    await save();
    expect(api.changes).toEqual([["POST /faults", { status: 429, times: 1, retryAfterInSeconds: null }]]);
    await choose("Response", "401 Denied");
    expect(hasField("Without Retry-After")).toBe(false);
    expect(hasField("Retry-After in s")).toBe(true);
    await choose("Response", "Connection dropped before processing");
    expect(hasField("Retry-After in s")).toBe(false);
  });

  it("fills in the delay of a delayed response", async () => {
    const api = await openPage("simulate");
    await choose("Response", "The usual response, delayed");
    expect(field("Delay in ms").value).toBe("3000");
    await save();
    expect(api.changes).toEqual([["POST /faults", { delayInMs: 3000, times: 1 }]]);
  });

  it("keeps the delay that was entered, whatever else is chosen and whatever the emulator says", async () => {
    const api = await openPage("simulate");
    await choose("Response", "The usual response, delayed");
    await fill("Delay in ms", "250");
    await choose("Lasts", "Until I stop it");
    api.info = infoOf({ faults: 1, revision: 2 });
    await settle(1000);
    expect(field("Delay in ms").value).toBe("250");
    await save();
    expect(api.changes).toEqual([["POST /faults", { delayInMs: 250, times: "unlimited" }]]);
  });

  it.each([
    ["Times", "0", "Enter how often, such as 3."],
    ["Times", "many", "Enter how often, such as 3."],
    ["Delay in ms", "1.5", "Enter the delay in whole milliseconds, such as 500."],
    ["Retry-After in s", "soon", "Enter the wait in whole seconds, such as 2."],
  ])("refuses %s %j before anything is sent, and says what to enter", async (label, value, message) => {
    const api = await openPage("simulate");
    await fill(label, value);
    await save();
    expect(api.changes).toEqual([]);
    expect(screen.getByText(message)).toBeDefined();
  });
});

describe("the emulator's time", () => {
  const time = () => within(screen.getByRole("region", { name: "Simulate" }));

  it.each([
    ["+1 h", { advance: { hours: 1 } }, "The time is Jan 3, 2030"],
    ["+1 day", { advance: { hours: 24 } }, "The time is Jan 3, 2030"],
    ["Freeze", { freeze: true }, "The time is frozen"],
  ])("is changed by %s", async (name, move, text) => {
    const api = await openPage("simulate");
    await click(name);
    expect(api.changes).toEqual([["POST /clock", move]]);
    expect(announced()).toContain(text);
  });

  it("runs again after Resume, which takes the place of Freeze", async () => {
    const api = await openPage("simulate", { info: infoOf({ frozen: true }) });
    expect(hasButton("Freeze")).toBe(false);
    await click("Resume");
    expect(api.changes).toEqual([["POST /clock", { freeze: false }]]);
    expect(announced()).toBe("The time runs again");
  });

  it.each([
    ["runs", {}],
    ["is frozen", { frozen: true }],
  ])("goes back to this computer's if it %s", async (_, changes) => {
    const api = await openPage("simulate", { info: infoOf({ time: "2030-01-02T12:00:00Z", ...changes }) });
    await click("Back to now");
    expect(api.changes).toEqual([["POST /clock", { reset: true }]]);
    expect(announced()).toContain("The time is Jan 3, 2030");
  });

  it("can go back to this computer's only if it differs", async () => {
    const api = await openPage("simulate");
    expect(time().getByText("as on this computer")).toBeDefined();
    const back = screen.getByRole("button", { name: "Back to now" });
    expect(back.getAttribute("aria-disabled")).toBe("true");
    api.info = infoOf({ time: "2030-01-02T12:00:00Z", revision: 2 });
    await settle(1000);
    expect(time().getByText(/^2 h ahead|^1 h 59 min/)).toBeDefined();
    expect(time().queryByText("as on this computer")).toBeNull();
    expect(back.getAttribute("aria-disabled")).toBe("false");
    back.focus();
    await click("Back to now");
    expect(api.changes).toEqual([["POST /clock", { reset: true }]]);
    api.info = infoOf({ revision: 3 });
    await settle(1000);
    expect([time().queryByText("as on this computer"), document.activeElement]).not.toContain(null);
    expect(document.activeElement).toBe(back);
  });
});
