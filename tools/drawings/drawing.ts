// What all drawings of the documents share: where they are, what describes them, and which text they were made from.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = new URL("./", import.meta.url);

/** The text of a drawing, in the language D2. */
export interface DrawingText {
  /** The drawing is `docs/<name>.svg`. */
  readonly name: string;
  readonly title: string;
  /** What the drawing says, for those who don't see it: also the alternative text where a page shows it. */
  readonly description: string;
  /** The text, after the style that all of them share. */
  readonly text: string;
}

/** Reads the texts of all drawings. The first two lines of each are comments: its title and its description. */
export function drawingTexts(): DrawingText[] {
  const read = (file: string) => readFileSync(new URL(file, here), "utf8").replaceAll("\r\n", "\n");
  const style = read("style.d2");
  return readdirSync(here)
    .filter((file) => file.endsWith(".d2") && file !== "style.d2")
    .sort()
    .map((file) => {
      const text = read(file);
      const [, title, description] = /^# (.+)\n# (.+)\n/.exec(text) ?? [];
      if (!title || !description)
        throw new Error(`${file} must begin with two comments: title and description`);
      return { name: file.replace(/\.d2$/, ""), title, description, text: style + text };
    });
}

/** Returns the path of a drawing. */
export function drawingPath(name: string): string {
  return fileURLToPath(new URL(`../../docs/${name}.svg`, here));
}

/** Returns the comment in a drawing that says which text and which version of D2 it was made from. */
export function origin({ title, description, text }: DrawingText): string {
  const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", here), "utf8"));
  const hash = createHash("sha256").update(
    JSON.stringify([title, description, text, devDependencies["@terrastruct/d2"]]),
  );
  return `<!-- npm run draw made this from sha256 ${hash.digest("hex")} -->`;
}

/** Returns the start of an SVG that says what it shows, and has its size, so that pages don't blow it up. */
export function svgStart(width: number, height: number, title: string, description: string): string {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-labelledby="title description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>`;
}
