// `npm run draw` writes the drawings of the documents. `npm run check` says if one is older than its text.
import { readFileSync, writeFileSync } from "node:fs";
import { D2 } from "@terrastruct/d2";
import { comparisonChart } from "../../test/bench/comparisonPage.js";
import { type DrawingText, drawingPath, drawingTexts, origin, svgStart } from "./drawing.js";
import { refresherTimeLine } from "./refresherTimeLine.js";

const d2 = new D2();

async function draw(drawing: DrawingText): Promise<string> {
  const { name, title, description, text } = drawing;
  const { diagram, renderOptions } = await d2.compile({ fs: { index: text }, options: { layout: "elk" } });
  const svg = await d2.render(diagram, { ...renderOptions, noXMLTag: true, salt: name });
  const [start = "", width, height] = /^<svg [^>]*viewBox="0 0 (\d+) (\d+)"[^>]*>/.exec(svg) ?? [];
  if (!start) throw new Error(`D2 draws ${name} in another form than before: look at draw.ts`);
  return `${svgStart(Number(width), Number(height), title, description)}\n${origin(drawing)}\n${svg.slice(start.length)}\n`;
}

function write(name: string, svg: string): void {
  writeFileSync(drawingPath(name), svg);
  console.log(`docs/${name}.svg`);
}

for (const drawing of drawingTexts()) write(drawing.name, await draw(drawing));
write("refresher", await refresherTimeLine());
write(
  "comparison",
  comparisonChart(readFileSync(new URL("../../docs/comparison.md", import.meta.url), "utf8")),
);
// The worker of D2 would keep the process alive.
process.exit(0);
