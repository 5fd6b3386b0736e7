/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { useProblem } from "../../../../../../src/emulator/page/browser/controls/problem.js";
import { RefusedError } from "../../../../../../src/emulator/page/browser/emulator/adminApi.js";
import { alerts, click } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

/** A button that does what fails with this error, or succeeds. */
function Attempt({ errors }: { errors: unknown[] }) {
  const { view, attempt } = useProblem();
  const action = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
  };
  return (
    <>
      <button type="button" onClick={() => attempt(action)}>
        Do it
      </button>
      {view}
    </>
  );
}

const refusal = { code: "Denied", message: "The signature is wrong", diagnosis: "Another key signed it" };

describe("a problem", () => {
  it("is shown until the same action succeeds, or until it is dismissed", async () => {
    renderInPage(<Attempt errors={[new TypeError("Offline"), undefined, "Busy"]} />);
    expect(alerts()).toEqual([]);
    await click("Do it");
    expect(alerts()).toEqual(["OfflineDismiss"]);
    await click("Do it");
    expect(alerts()).toEqual([]);
    await click("Do it");
    expect(alerts()).toEqual(["BusyDismiss"]);
    await click("Dismiss");
    expect(alerts()).toEqual([]);
  });

  it("of the service has its status, code and diagnosis, and links to the help", async () => {
    renderInPage(<Attempt errors={[new RefusedError(401, { ...refusal, topic: "signature" })]} />);
    await click("Do it");
    const [text] = alerts();
    for (const part of ["401 Denied", "The signature is wrong", "Another key signed it"])
      expect(text).toContain(part);
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "How to fix this" });
    expect(link.getAttribute("href")).toBe("/help#signature");
  });

  it("of the admin API alone has neither a status nor a code", async () => {
    renderInPage(<Attempt errors={[new RefusedError(400, refusal)]} />);
    await click("Do it");
    expect(alerts()).toEqual(["The signature is wrongDismiss"]);
  });
});
