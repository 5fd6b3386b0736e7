import { adminApi, type Inspection } from "./adminApi.js";
import { openDialog } from "./dialog.js";
import { element } from "./dom.js";
import { formatDayAndTime } from "./format.js";
import { invalid } from "./problem.js";

/** Says of any token whether it is valid, or why not. */
export async function openInspectToken(): Promise<void> {
  const input = element("textarea", {
    rows: "5",
    spellcheck: "false",
    autocomplete: "off",
    placeholder: "eyJ…",
    "aria-label": "Token",
  });
  const verdict = element("div", { role: "status" });
  await openDialog({
    title: "Inspect token",
    action: "Inspect",
    cancel: "Close",
    content: [
      element("p", { class: "hint" }, "Valid, or why not: expired, revoked, its user deleted, another's."),
      input,
      verdict,
    ],
    submit: async () => {
      verdict.replaceChildren();
      const token = input.value.trim();
      if (token === "") invalid(input, "Paste a token to inspect.");
      verdict.replaceChildren(verdictView(await adminApi.inspect(token)));
      return false;
    },
  });
}

function verdictView({ valid, problem, message, ...facts }: Inspection): HTMLElement {
  const rows: [string, string | undefined][] = [
    ["User", facts.userId],
    ["Scopes", facts.scopes?.join(", ")],
    ["Issued", facts.issuedAt && formatDayAndTime(Date.parse(facts.issuedAt))],
    ["Expires", facts.expiresOn && formatDayAndTime(Date.parse(facts.expiresOn))],
  ];
  return element(
    "div",
    { class: `verdict ${valid ? "good" : "bad"}` },
    element("p", {}, element("strong", {}, valid ? "Valid" : (problem ?? "Not valid")), ` ${message}`),
    element(
      "dl",
      {},
      ...rows.flatMap(([name, value]) =>
        value === undefined ? [] : [element("dt", {}, name), element("dd", {}, value)],
      ),
    ),
  );
}
