/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useStillList } from "../../../../../../src/emulator/page/browser/controls/stillList.js";
import { settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

let isHovered: boolean;

beforeEach(() => {
  isHovered = false;
  const { matches } = Element.prototype;
  // happy-dom matches nothing with these two.
  vi.spyOn(Element.prototype, "matches").mockImplementation(function (this: Element, selectors) {
    return selectors.split(", ").some((selector) => {
      if (selector === ":hover") return isHovered;
      if (selector === ":focus-within") return this.contains(document.activeElement);
      return matches.call(this, selector);
    });
  });
});

type Row = `${string} ${string}`;

interface ListProps {
  rows: readonly Row[];
  view?: string;
  isWhole?: boolean;
}

const keyOf = (row: Row) => row.split(" ")[0] ?? "";

function List({ rows, view = "all", isWhole = true }: ListProps) {
  const { watch, shown, gone, newCount, release } = useStillList(rows, keyOf, view, isWhole);
  return (
    <>
      <div data-testid="box" {...watch}>
        <button type="button" onClick={release}>
          {newCount} new
        </button>
        <ol>
          {shown.map((row) => (
            <li key={keyOf(row)}>
              {row}
              {gone.has(keyOf(row)) && " gone"}
            </li>
          ))}
        </ol>
      </div>
      <button type="button">Elsewhere</button>
    </>
  );
}

const box = () => screen.getByTestId("box");
const rows = () => screen.queryAllByRole("listitem").map(({ textContent }) => textContent);
const news = () => screen.getByRole("button", { name: /new$/ });

async function point(): Promise<void> {
  isHovered = true;
  fireEvent.pointerOver(box());
  await settle();
}

async function pointElsewhere(): Promise<void> {
  isHovered = false;
  fireEvent.pointerLeave(box());
  await settle();
}

async function focus(control: HTMLElement): Promise<void> {
  control.focus();
  await settle();
}

function open(...first: readonly Row[]) {
  const { rerender } = renderInPage(<List rows={first} />);
  return (next: readonly Row[], props: Partial<ListProps> = {}) => rerender(<List rows={next} {...props} />);
}

describe("a list that nobody uses", () => {
  it("shows each new row at once", async () => {
    const show = open("b 1", "a 1");
    show(["c 1", "b 1", "a 1"]);
    expect([rows(), news().textContent]).toEqual([["c 1", "b 1", "a 1"], "0 new"]);
  });
});

describe("a list under the pointer", () => {
  it("keeps its rows in place, renews what they say, and counts what is new", async () => {
    const show = open("b 1", "a 1");
    await point();
    show(["d 1", "a 2", "c 1", "b 2"]);
    expect([rows(), news().textContent]).toEqual([["b 2", "a 2"], "2 new"]);
  });

  it("says which of its rows are gone, and keeps their places", async () => {
    const show = open("c 1", "b 1", "a 1");
    await point();
    show(["d 1", "c 1", "a 1"]);
    expect([rows(), news().textContent]).toEqual([["c 1", "b 1 gone", "a 1"], "1 new"]);
    show(["d 1", "c 1"]);
    expect(rows()).toEqual(["c 1", "b 1 gone", "a 1 gone"]);
    await pointElsewhere();
    expect(rows()).toEqual(["d 1", "c 1"]);
  });

  it("knows of no row beyond its limit whether it is gone, and takes none for new that has moved up", async () => {
    const show = open("d 1", "c 1", "b 1");
    await point();
    show(["d 1", "b 1", "a 1"], { isWhole: false });
    expect([rows(), news().textContent]).toEqual([["d 1", "c 1 gone", "b 1"], "0 new"]);
    show(["f 1", "e 1", "d 1"], { isWhole: false });
    expect([rows(), news().textContent]).toEqual([["d 1", "c 1", "b 1"], "2 new"]);
  });

  it("moves again once the pointer has left it", async () => {
    const show = open("a 1");
    await point();
    show(["b 1", "a 1"]);
    await pointElsewhere();
    expect([rows(), news().textContent]).toEqual([["b 1", "a 1"], "0 new"]);
    show(["c 1", "b 1", "a 1"]);
    expect(rows()).toEqual(["c 1", "b 1", "a 1"]);
  });

  it("stays if the pointer leaves it, and is back before the page has looked", async () => {
    const show = open("a 1");
    await point();
    show(["b 1", "a 1"]);
    fireEvent.pointerLeave(box());
    await settle();
    expect(rows()).toEqual(["a 1"]);
  });
});

describe("a list with the focus", () => {
  it("keeps its rows in place, and moves again once the focus has left it", async () => {
    const show = open("a 1");
    await focus(news());
    show(["b 1", "a 1"]);
    expect([rows(), news().textContent]).toEqual([["a 1"], "1 new"]);
    await focus(screen.getByText("Elsewhere"));
    expect(rows()).toEqual(["b 1", "a 1"]);
  });

  it("stays in place when the pointer leaves it, and under the pointer when the focus leaves it", async () => {
    const show = open("a 1");
    await focus(news());
    await point();
    show(["b 1", "a 1"]);
    await pointElsewhere();
    expect(rows()).toEqual(["a 1"]);
    await point();
    await focus(screen.getByText("Elsewhere"));
    expect(rows()).toEqual(["a 1"]);
    await pointElsewhere();
    expect(rows()).toEqual(["b 1", "a 1"]);
  });
});

describe("a list that stands still", () => {
  it("keeps its rows even if so many others came that none of them is listed", async () => {
    const show = open("b 1", "a 1");
    await point();
    show(["d 1", "c 1"], { isWhole: false });
    expect([rows(), news().textContent]).toEqual([["b 1", "a 1"], "2 new"]);
  });

  it("shows what another view has chosen, and keeps that in place", async () => {
    const show = open("a 1");
    await point();
    show(["b 1", "a 1"], { view: "failures" });
    expect(rows()).toEqual(["b 1", "a 1"]);
    show(["c 1", "b 1", "a 1"], { view: "failures" });
    expect([rows(), news().textContent]).toEqual([["b 1", "a 1"], "1 new"]);
  });

  it("shows everything when it is asked to, and keeps that in place", async () => {
    const show = open("a 1");
    await point();
    show(["b 1", "a 1"]);
    fireEvent.click(news());
    await settle();
    expect([rows(), news().textContent]).toEqual([["b 1", "a 1"], "0 new"]);
    show(["c 1", "b 1", "a 1"]);
    expect([rows(), news().textContent]).toEqual([["b 1", "a 1"], "1 new"]);
  });
});
