import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawingTexts, origin } from "../../tools/drawings/drawing.js";
import { refresherTimeLine } from "../../tools/drawings/refresherTimeLine.js";
import { comparisonChart } from "../bench/comparisonPage.js";
import { documents, readText, root } from "../helpers/documents.js";

const drawings = readdirSync(`${root}/docs`).filter((name) => name.endsWith(".svg"));

describe("a drawing", () => {
  it.each(drawingTexts())("was made from its text. npm run draw makes it: docs/$name.svg", (drawing) => {
    expect(readText(`docs/${drawing.name}.svg`)).toContain(origin(drawing));
  });

  it("of the refresher has the times of the code. npm run draw makes it", async () => {
    expect(readText("docs/refresher.svg")).toBe(await refresherTimeLine());
  });

  it("of the comparison has the numbers of its page. npm run draw makes it, and npm run bench both", () => {
    expect(readText("docs/comparison.svg")).toBe(comparisonChart(readText("docs/comparison.md")));
  });

  it("of the code has every folder of src", () => {
    const folders = readdirSync(`${root}/src`, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const map = readText("tools/drawings/codeMap.d2");
    expect(
      folders.map(({ name }) => name).filter((name) => !new RegExp(`^${name}\\b`, "m").test(map)),
    ).toEqual([]);
  });

  it.each(drawings)("is on one page, which says what it shows to those who don't see it: %s", (file) => {
    const svg = readText(`docs/${file}`);
    const [, description = ""] = /<desc id="description">(.+)<\/desc>/.exec(svg) ?? [];
    const pages = documents.filter((page) => readText(page).includes(`![${description}](`));
    expect([file, pages]).toEqual([file, [expect.any(String)]]);
  });
});
