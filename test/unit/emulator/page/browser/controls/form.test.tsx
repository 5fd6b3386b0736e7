/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { Field } from "../../../../../../src/emulator/page/browser/controls/field.js";
import { type Fields, Form } from "../../../../../../src/emulator/page/browser/controls/form.js";
import { alerts, click, field, fill, settle } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

function open(
  submit: (fields: Fields) => Promise<string | undefined>,
  more: Partial<Parameters<typeof Form>[0]> = {},
) {
  return renderInPage(
    <Form label="Add a user" action="Add" submit={submit} {...more}>
      <Field label="Name" name="name" />
      <Field label="Minutes" name="minutes" />
      <input type="checkbox" name="scope" value="chat" checked />
      <input type="checkbox" name="scope" value="voip" checked />
      <input type="file" name="file" aria-label="File" />
    </Form>,
  );
}

/** Submits a form with these values, and returns what its fields say. */
async function read<Value>(values: Record<string, string>, of: (fields: Fields) => Value): Promise<Value> {
  const found: Value[] = [];
  open(async (fields) => {
    found.push(of(fields));
    return undefined;
  });
  for (const [label, value] of Object.entries(values)) await fill(label, value);
  await click("Add");
  return found[0] as Value;
}

describe("the fields of a form", () => {
  it("have their texts without the blanks around them, and several values of one name", async () => {
    const of = (fields: Fields) => [
      fields.text("name"),
      fields.text("minutes"),
      fields.text("no such field"),
      ...fields.all("scope"),
    ];
    expect(await read({ Name: "  Alice B " }, of)).toEqual(["Alice B", "", "", "chat", "voip"]);
  });

  it.each([
    ["60", 60],
    [" -5 ", -5],
    ["", undefined],
  ])("have %j as the number %s", async (text, number) => {
    expect(await read({ Minutes: text }, (fields) => fields.number("minutes", "Enter a number."))).toBe(
      number,
    );
  });

  it.each(["1.5", "1 h", "-", "1e3"])("refuse %j as a number, and have the focus then", async (text) => {
    const { told } = open(async (fields) => `${fields.number("minutes", "Enter a number.")}`);
    await fill("Minutes", text);
    await click("Add");
    expect([alerts(), told]).toEqual([["Enter a number."], []]);
    expect(document.activeElement).toBe(field("Minutes"));
  });

  it("have a file if one was chosen", async () => {
    const found: (string | undefined)[] = [];
    open(async (fields) => void found.push(fields.file("file")?.name));
    await click("Add");
    Object.assign(field("File"), { files: [new File(["{}"], "snapshot.json")] });
    await click("Add");
    expect(found).toEqual([undefined, "snapshot.json"]);
  });

  it("can be cleared once they were used", async () => {
    open(async (fields) => void fields.reset());
    await fill("Name", "alice");
    await click("Add");
    expect(field("Name").value).toBe("");
  });
});

describe("a form", () => {
  it("submits once, however often it is asked to meanwhile, and says that it is busy", async () => {
    let finish = () => {};
    const submit = vi.fn(() => new Promise<undefined>((resolve) => (finish = () => resolve(undefined))));
    open(submit);
    const isBusy = () => screen.getByRole("button").getAttribute("aria-busy");
    expect(isBusy()).toBe("false");
    await click("Add");
    await click("Add");
    expect([submit.mock.calls.length, isBusy()]).toEqual([1, "true"]);
    finish();
    await settle();
    expect(isBusy()).toBe("false");
    await click("Add");
    expect(submit).toHaveBeenCalledTimes(2);
  });

  it("is submitted by Enter, without loading the page anew", async () => {
    const submit = vi.fn(async () => undefined);
    open(submit);
    expect(fireEvent.submit(screen.getByRole("form", { name: "Add a user" }))).toBe(false);
    await settle();
    expect(submit).toHaveBeenCalledOnce();
  });

  it("calls back before and after it reports a change, and not if there is none", async () => {
    const steps: string[] = [];
    let change: string | undefined = "Alice was added";
    const { told } = open(async () => change, {
      onChange: () => steps.push(`changed: ${told}`),
      onReported: () => steps.push(`reported: ${told}`),
    });
    await click("Add");
    expect(steps).toEqual(["changed: ", "reported: report: Alice was added"]);
    change = undefined;
    await click("Add");
    expect([steps.length, told.length]).toEqual([2, 1]);
  });

  it("shows why it couldn't do it, until it can", async () => {
    const submit = vi.fn(async (): Promise<string> => "Added").mockRejectedValueOnce(new Error("Disk full"));
    const { told } = open(submit);
    await click("Add");
    expect([alerts(), told]).toEqual([[expect.stringContaining("Disk full")], []]);
    await click("Add");
    expect([alerts(), told]).toEqual([[], ["report: Added"]]);
  });

  it("shows which value it refuses at its field, until that is right", async () => {
    const submit = async (fields: Fields) =>
      fields.text("name") === "" ? fields.refuse("name", "Enter a name.") : "Added";
    const { told } = open(submit);
    await click("Add");
    expect(field("Name").getAttribute("aria-invalid")).toBe("true");
    expect(alerts()).toEqual(["Enter a name."]);
    await fill("Name", "alice");
    await click("Add");
    expect([field("Name").getAttribute("aria-invalid"), alerts(), told]).toEqual([
      "false",
      [],
      ["report: Added"],
    ]);
  });

  it("has a button that warns only if it does harm, and none if it has no action", () => {
    const classOf = () => screen.queryByRole("button")?.className;
    const { unmount } = open(async () => undefined, { isDangerous: true });
    expect(classOf()).toBe("primary danger");
    unmount();
    open(async () => undefined, { action: undefined });
    expect(classOf()).toBeUndefined();
  });
});
