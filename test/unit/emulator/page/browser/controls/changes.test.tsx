/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { type Change, useChanges } from "../../../../../../src/emulator/page/browser/controls/changes.js";
import { alerts, settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

function open(read?: () => Promise<void>) {
  let change: Change = async () => {};
  function Panel() {
    const changes = useChanges(read);
    change = changes.change;
    return changes.view;
  }
  const { told } = renderInPage(<Panel />);
  return { told, change: (...given: Parameters<Change>) => change(...given) };
}

describe("a change", () => {
  it("is reported with its text, after what it may have changed here was read again", async () => {
    const { told, change } = open(async () => void told.push("read"));
    await change(async () => void told.push("changed"), "The role was given");
    expect(told).toEqual(["changed", "read", "report: The role was given"]);
  });

  it("can be reported with a text about its result", async () => {
    const { told, change } = open();
    await change(
      async () => ({ count: 3 }),
      (result) => `${(result as { count: number }).count} stopped`,
    );
    expect(told).toEqual(["report: 3 stopped"]);
  });

  it("that fails isn't reported: its error is shown, and everything is read again", async () => {
    const { told, change } = open();
    await change(() => Promise.reject(new Error("Disk full")), "Stopped");
    await settle();
    expect([told, alerts()]).toEqual([["refresh"], ["Disk fullDismiss"]]);
  });
});
