/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { TabStop } from "../../../../../../src/emulator/page/browser/controls/controls.js";
import { Diagnosis } from "../../../../../../src/emulator/page/browser/controls/diagnosis.js";
import { renderInPage } from "./renderInPage.js";

describe("a diagnosis", () => {
  it("shows a text of several lines that it quotes line by line, and the rest as prose", () => {
    const diagnosis = `It signed ${JSON.stringify("POST\n/identities\na;b;c")}; the "key" is another`;
    const { container } = renderInPage(<Diagnosis diagnosis={diagnosis} />);
    const texts = (selector: string) =>
      [...container.querySelectorAll(selector)].map(({ textContent }) => textContent);
    expect(texts("p")).toEqual(["It signed", 'the "key" is another']);
    expect(texts("pre .line")).toEqual(["POST\n", "/identities\n", "a;b;c\n"]);
    expect(texts("pre .line:last-child span")).toEqual(["a;", "b;", "c"]);
  });

  it("shows a quotation without an end as it is", () => {
    const { container } = renderInPage(<Diagnosis diagnosis={'It has "one\\n'} />);
    expect([container.textContent, container.querySelector("pre")]).toEqual(['It has "one\\n', null]);
  });

  it("comes after the service's message, with a link to the help that Tab reaches as its row says", () => {
    const { container } = renderInPage(
      <TabStop.Provider value={-1}>
        <Diagnosis diagnosis="The key is another" message="Denied" topic="signature" />
      </TabStop.Provider>,
    );
    expect(container.textContent).toBe("DeniedThe key is anotherHow to fix this");
    const { tabIndex, hash } = screen.getByRole<HTMLAnchorElement>("link");
    expect([tabIndex, hash]).toEqual([-1, "#signature"]);
  });
});
