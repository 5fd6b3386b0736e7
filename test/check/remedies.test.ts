// What the doctor and the sign-in page say about an error is written once, in src, and repeated in TROUBLESHOOTING.md.
import { describe, expect, it } from "vitest";
import { entraRemedies, proxyRemedies, tlsRemedies } from "../../src/cli/doctor/remedies.js";
import { authorityRemedies } from "../../src/testing/entra/errors/authorityRemedies.js";
import { readText } from "../helpers/documents.js";

/** The first cell of each row, and its last one. */
const rows = [...readText("TROUBLESHOOTING.md").matchAll(/^\| (`.+?) \| (?:.+ \| )?(.+) \|$/gm)].map(
  ([, errors = "", remedy = ""]) => ({ errors, remedy: remedy.replaceAll(/`|\[|\]\(.*?\)/g, "") }),
);

describe("TROUBLESHOOTING.md", () => {
  const ofPage = Object.entries(authorityRemedies).map(([numbers, remedy]) => [
    numbers.replace(/\d+/g, "AADSTS$&"),
    remedy,
  ]) as [string, string][];
  const ofDoctor = Object.entries({ ...entraRemedies, ...tlsRemedies, ...proxyRemedies });
  it.each([...ofDoctor, ...ofPage])(
    "says what the doctor or the sign-in page says about %s",
    (codes, remedy) => {
      const found = rows.filter(({ errors }) =>
        codes.split(" ").every((code) => errors.includes(`\`${code}\``)),
      );
      expect(found.map((row) => row.remedy)).toContain(remedy);
    },
  );

  it("lists no code of Entra ID that the doctor doesn't know", () => {
    const [, section = ""] = /^### What Entra ID says$(.*?)^##/ms.exec(readText("TROUBLESHOOTING.md")) ?? [];
    const listed = section.match(/(?<=^\|.*)AADSTS\d+/gm);
    expect(listed).toEqual(Object.keys(entraRemedies).flatMap((codes) => codes.split(" ")));
  });
});
