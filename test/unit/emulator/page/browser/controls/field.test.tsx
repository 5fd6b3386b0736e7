/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { fireEvent, screen } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import {
  Choice,
  Field,
  FieldError,
  RefusedField,
} from "../../../../../../src/emulator/page/browser/controls/field.js";
import { alerts } from "../openPage.js";
import { renderInPage } from "./renderInPage.js";

const control = (label: string) => screen.getByLabelText(label);
/** What screen readers read after the label of a control. */
const descriptionOf = (label: string) =>
  (control(label).getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent)
    .join(" ");

describe("a field", () => {
  it("is found by its label, which no other field has, and is described by its hint", () => {
    renderInPage(
      <>
        <Field label="Name" name="name" defaultValue="alice" hint="An email address" />
        <Field label="Minutes" name="minutes" />
      </>,
    );
    expect((control("Name") as HTMLInputElement).value).toBe("alice");
    expect(descriptionOf("Name")).toBe("An email address");
    expect(control("Minutes").hasAttribute("aria-describedby")).toBe(false);
    expect(control("Minutes").id).not.toBe(control("Name").id);
  });

  it("can have another control than an input, with what it was given", () => {
    renderInPage(
      <Field label="Token" hint="A JWT">
        <textarea name="token" rows={4} />
      </Field>,
    );
    expect([control("Token").tagName, control("Token").getAttribute("rows")]).toEqual(["TEXTAREA", "4"]);
    expect(descriptionOf("Token")).toBe("A JWT");
  });

  it("that was refused says why, before its hint, and no other field does", () => {
    renderInPage(
      <RefusedField.Provider value={new FieldError("name", "Enter a name.")}>
        <Field label="Name" name="name" hint="An email address" />
        <Field label="Minutes" name="minutes" />
      </RefusedField.Provider>,
    );
    expect([control("Name").getAttribute("aria-invalid"), descriptionOf("Name")]).toEqual([
      "true",
      "Enter a name. An email address",
    ]);
    expect(control("Minutes").getAttribute("aria-invalid")).toBe("false");
    expect(alerts()).toEqual(["Enter a name."]);
  });
});

describe("a choice", () => {
  it("offers its texts, has the chosen one, or the first, and tells the place of another", () => {
    const onChoose = vi.fn();
    renderInPage(
      <>
        <Choice label="Kind" options={["User", "Group"]} chosen={1} onChoose={onChoose} />
        <Choice label="Shell" name="shell" options={["bash", "fish"]} />
      </>,
    );
    const kind = control("Kind") as HTMLSelectElement;
    expect([...kind.options].map(({ text }) => text)).toEqual(["User", "Group"]);
    expect([kind.value, (control("Shell") as HTMLSelectElement).value]).toEqual(["Group", "bash"]);
    fireEvent.change(kind, { target: { value: "User" } });
    expect(onChoose.mock.calls).toEqual([[0]]);
  });
});
