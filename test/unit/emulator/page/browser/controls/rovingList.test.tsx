/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { Button } from "../../../../../../src/emulator/page/browser/controls/controls.js";
import { RovingList } from "../../../../../../src/emulator/page/browser/controls/rovingList.js";
import { click, hasButton, settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

/** A row has two buttons, unless its name says that it has one or none. */
function List({ names }: { names: readonly string[] }) {
  return (
    <RovingList
      as="ul"
      id="users"
      noun="user"
      items={names}
      view={undefined}
      isWhole
      keyOf={(name) => name}
      hasControls={(name) => !name.includes("note")}
      keys="more keys"
    >
      {(name) => (
        <li>
          {!name.includes("note") && <Button aria-label={`Copy ${name}`}>Copy</Button>}
          {name === "alice" || name === "bob" ? <Button aria-label={`Delete ${name}`}>Delete</Button> : name}
        </li>
      )}
    </RovingList>
  );
}

const button = (name: string) => screen.getByRole("button", { name });
const focused = () => document.activeElement?.getAttribute("aria-label");
/** The controls that Tab reaches. */
const stops = () =>
  screen
    .getAllByRole("button")
    .filter(({ tabIndex }) => tabIndex === 0)
    .map((each) => each.getAttribute("aria-label"));

async function focus(name: string): Promise<void> {
  button(name).focus();
  await settle();
}

async function press(key: string, changes: object = {}): Promise<string | null | undefined> {
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...changes });
  await settle();
  return focused();
}

describe("Tab", () => {
  it("reaches the controls of the first row that has some, until another has the focus", async () => {
    renderInPage(<List names={["a note", "alice", "bob"]} />);
    expect(stops()).toEqual(["Copy alice", "Delete alice"]);
    await focus("Delete bob");
    expect(stops()).toEqual(["Copy bob", "Delete bob"]);
  });

  it("comes back to the row that had the focus, wherever that row is now, or to the first if it's gone", async () => {
    const { rerender } = renderInPage(<List names={["alice", "bob"]} />);
    await focus("Copy bob");
    button("Copy bob").blur();
    rerender(<List names={["bob", "alice", "carol"]} />);
    await settle();
    expect(stops()).toEqual(["Copy bob", "Delete bob"]);
    rerender(<List names={["alice", "carol"]} />);
    await settle();
    expect(stops()).toEqual(["Copy alice", "Delete alice"]);
  });
});

describe("the arrow keys", () => {
  it("move to the same control of the row before or after, and not beyond the ends", async () => {
    renderInPage(<List names={["alice", "bob"]} />);
    await focus("Delete alice");
    expect(await press("ArrowUp")).toBe("Delete alice");
    expect(await press("ArrowDown")).toBe("Delete bob");
    expect(await press("ArrowDown")).toBe("Delete bob");
    expect(await press("ArrowUp")).toBe("Delete alice");
  });

  it("move past rows without controls, and to the first control of a row that has no such one", async () => {
    renderInPage(<List names={["alice", "a note", "carol"]} />);
    await focus("Delete alice");
    expect(await press("ArrowDown")).toBe("Copy carol");
  });

  it("and Home and End move to the first and the last row, if no other key is held down", async () => {
    renderInPage(<List names={["a note", "alice", "carol", "bob", "another note"]} />);
    await focus("Copy alice");
    for (const held of ["ctrlKey", "altKey", "metaKey"]) {
      expect(await press("End", { [held]: true })).toBe("Copy alice");
    }
    expect(await press("End")).toBe("Copy bob");
    expect(await press("Home")).toBe("Copy alice");
    expect(await press("x")).toBe("Copy alice");
  });

  it("are explained to people who see the list, and to those who don't", () => {
    renderInPage(<List names={["alice"]} />);
    expect(screen.getByText(/previous or next user · more keys$/)).toBeDefined();
    const list = screen.getByRole("list", { name: "Users" });
    expect(list.getAttribute("aria-description")).toBe("The arrow keys move from user to user.");
  });
});

describe("a list that stands still", () => {
  it("says how many rows are new, and shows them when it is asked to", async () => {
    const { rerender } = renderInPage(<List names={["alice"]} />);
    expect(hasButton(/new row/)).toBe(false);
    await focus("Copy alice");
    rerender(<List names={["carol", "bob", "alice"]} />);
    await settle();
    expect([hasButton("Copy carol"), focused()]).toEqual([false, "Copy alice"]);
    await click("2 new rows");
    expect([hasButton("Copy carol"), hasButton(/new row/)]).toEqual([true, false]);
  });
});
